// Rows as the last commit left them, of tasks whose attempt is in the broker (R2); all others are read
// for the batch that needs them, unless the letter brings its row along, and so is whatever must be decided on a
// fresh read (R4, R6, R13).
import type {Store, TaskRow} from '#store/store.ts';
import type {Letter} from './letter.ts';
import {type Entry, taskOf} from './mailbox.ts';

export type Rows = {
	/** Reads what the letters of a batch need and is not cached, or must be read anew; gives the rows to decide on. */
	read(entries: readonly Entry[]): Promise<Read>;
	committed(row: TaskRow): void;
	forget(id: string): void;
};

/** The row of a task; `isFresh`: it was read for this batch. */
export type Read = (id: string) => {readonly row: TaskRow | undefined; readonly isFresh: boolean};

/** @param prepare resolves when the policies of these versions are at hand */
export function createRows(store: Store, prepare: (versions: ReadonlySet<string>) => Promise<void>): Rows {
	const cache = new Map<string, TaskRow>();
	return {
		async read(entries) {
			const ids: string[] = [];
			const seen = new Map<string, TaskRow>();
			const versions = new Set<string>();
			for (const {letter, fresh, doubt} of entries) {
				if (letter.kind === 'direct' || (letter.kind === 'birth' && doubt === undefined)) continue;
				const id = taskOf(letter);
				const isAnew = fresh || doubt !== undefined;
				if (isAnew) cache.delete(id);
				const row = isAnew ? undefined : (cache.get(id) ?? seenBy(letter));
				if (row) {
					versions.add(row.version);
					seen.set(id, row);
				} else ids.push(id);
			}
			const loaded = ids.length > 0 ? await store.load(ids) : new Map<string, TaskRow>();
			for (const row of loaded.values()) versions.add(row.version);
			if (versions.size > 0) await prepare(versions);
			return id => {
				const row = seen.get(id);
				return row ? {row, isFresh: false} : {row: loaded.get(id), isFresh: true};
			};
		},
		committed(row) {
			if (row.placed) cache.set(row.id, row);
			else cache.delete(row.id);
		},
		forget: id => void cache.delete(id),
	};
}

const seenBy = (letter: Letter): TaskRow | undefined => (letter.kind === 'event' ? letter.seen : undefined);
