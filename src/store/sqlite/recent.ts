// Rows of open tasks as this process wrote or read them last: where they are, and what they count as. A move of
// such a row needs no look at it first: SQLite's `returning` alone costs a sixth of a move. That the row is
// still the one that is remembered is seen by its id and its revision, whoever else has the file open.
import type {Task} from '#actors/task.ts';
import {isOpen} from '#store/row.ts';

export type Recent = {
	readonly n: number | bigint;
	readonly revision: number;
	readonly state: string;
	readonly placed: boolean;
};

export type RecentRows = {
	get(id: string): Recent | undefined;
	/** What a task is by now; one that is at its end is not moved again, and is forgotten. */
	met(task: Task, n: number | bigint, revision: number): void;
	/** A transaction was rolled back: nobody knows which of them were never there. */
	clear(): void;
};

/** Keeps the `most` that were met last. */
export function createRecentRows(most: number): RecentRows {
	const rows = new Map<string, Recent>();
	return {
		get: id => rows.get(id),
		met(task, n, revision) {
			rows.delete(task.id);
			if (!isOpen(task)) return;
			rows.set(task.id, {n, revision, state: task.state, placed: task.placed});
			if (rows.size > most) rows.delete(rows.keys().next().value as string);
		},
		clear: () => rows.clear(),
	};
}
