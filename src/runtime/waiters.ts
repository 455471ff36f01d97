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
	// Each wait is one of its own, also where the same function is to be told twice.
	const waiting = new Map<string, Set<{readonly tell: (end: End) => void}>>();
	return {
		wait(task, tell) {
			const set = waiting.get(task) ?? new Set();
			const one = {tell};
			waiting.set(task, set.add(one));
			return () => {
				set.delete(one);
				if (set.size === 0 && waiting.get(task) === set) waiting.delete(task);
			};
		},
		tell(end) {
			const set = waiting.get(end.task);
			if (!set) return;
			waiting.delete(end.task);
			for (const one of set) one.tell(end);
		},
		has: task => waiting.has(task),
		tasks: () => waiting.keys(),
		get size() {
			return waiting.size;
		},
	};
}
