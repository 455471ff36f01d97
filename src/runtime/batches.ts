// The batches of a home that are on their way through the store. Where it takes several commits at once, and
// enough letters wait for one, a second batch goes beside the first: of tasks that are all different, so neither
// sees the other (A11, docs/decisions/0028).
import type {Store} from '#store/store.ts';
import {type Entry, taskOf} from './mailbox.ts';

export type Batches = {
	/** How many there are. */
	readonly size: number;
	/** Their tasks: other letters of these stay until the batch is over. */
	readonly busy: ReadonlySet<string>;
	/** So many letters that wait are worth a commit of their own beside those that there are. */
	areWorth(waiting: number): boolean;
	/** @returns what says that it is over */
	begin(entries: readonly Entry[]): () => void;
};

export function createBatches({depth, least}: Store['pipeline']): Batches {
	const busy = new Set<string>();
	let size = 0;
	return {
		get size() {
			return size;
		},
		busy,
		areWorth: waiting => size < depth && waiting >= least,
		begin(entries) {
			size++;
			// Where no batch goes beside another, nobody asks.
			if (depth === 1) return () => void size--;
			const tasks = entries.map(({letter}) => taskOf(letter));
			for (const task of tasks) busy.add(task);
			return () => {
				size--;
				for (const task of tasks) busy.delete(task);
			};
		},
	};
}
