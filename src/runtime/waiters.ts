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
	readonly size: number;
};

export function createWaiters(): Waiters {
	const waiting = new Map<string, Set<(end: End) => void>>();
	return {
		wait(task, tell) {
			const set = waiting.get(task) ?? new Set();
			waiting.set(task, set.add(tell));
			return () => {
				set.delete(tell);
				if (set.size === 0) waiting.delete(task);
			};
		},
		tell(end) {
			const set = waiting.get(end.task);
			if (!set) return;
			waiting.delete(end.task);
			for (const tell of set) tell(end);
		},
		get size() {
			return waiting.size;
		},
	};
}
