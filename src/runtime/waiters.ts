import type {Failure} from '#actors/failure.ts';
import type {TaskState, Usage} from '#actors/task.ts';

/** How a task ended, straight from the commit that ended it. */
export type End = {
	readonly task: string;
	readonly attempt: number;
	readonly state: TaskState;
	readonly failure: Failure | null;
	readonly usage: Usage | null;
	/** The JSON text it returned; undefined if it did not succeed, or is to be read from the store. */
	readonly result: Buffer | undefined;
};

/**
 * Those in this process who wait for a task's end: open requests and embedding programs. They are
 * told after the commit, once; whoever comes later reads the store.
 */
export type Waiters = {
	wait(task: string, tell: (end: End) => void): () => void;
	tell(end: End): void;
	has(task: string): boolean;
	/** Those that somebody waits for. */
	tasks(): Iterable<string>;
	readonly size: number;
};

export function createWaiters(): Waiters {
	// Each wait is one of its own, also where the same function is to be told twice. Few tasks have more than one.
	const waiting = new Map<string, readonly {readonly tell: (end: End) => void}[]>();
	return {
		wait(task, tell) {
			const one = {tell};
			const others = waiting.get(task);
			waiting.set(task, others ? [...others, one] : [one]);
			return () => {
				const left = waiting.get(task)?.filter(other => other !== one);
				if (left?.length === 0) waiting.delete(task);
				else if (left) waiting.set(task, left);
			};
		},
		tell(end) {
			const all = waiting.get(end.task);
			if (!all) return;
			waiting.delete(end.task);
			for (const one of all) one.tell(end);
		},
		has: task => waiting.has(task),
		tasks: () => waiting.keys(),
		get size() {
			return waiting.size;
		},
	};
}
