import type {DatabaseSync} from 'node:sqlite';
import type {Count} from '#store/store.ts';
import type {Tally} from './stamp.ts';

const addCount = `insert into counts(function, state, placed, count) values(?, ?, ?, ?)
	on conflict do update set count = count + excluded.count`;
const readCounts = `select function, state, placed, count from counts where count <> 0
	order by function, state, placed`;

/** Writes the deltas of one transaction; a commit of 500 tasks of one function changes two or three cells. */
export function prepareTally(db: DatabaseSync) {
	const add = db.prepare(addCount);
	return (tally: Tally): void => {
		for (const {fn, state, placed, delta} of tally.entries()) {
			if (delta !== 0) add.run(fn, state, placed, delta);
		}
	};
}

type CountRecord = Omit<Count, 'placed'> & {readonly placed: number};

export function prepareCounts(db: DatabaseSync) {
	const read = db.prepare(readCounts);
	return (): Count[] => (read.all() as CountRecord[]).map(row => ({...row, placed: row.placed === 1}));
}
