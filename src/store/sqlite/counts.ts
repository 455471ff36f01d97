import type {DatabaseSync} from 'node:sqlite';
import type {Count, Stock} from '#store/store.ts';
import type {Tally} from './stamp.ts';

const addCount = `insert into counts(function, state, placed, pool, class, count) values(?, ?, ?, ?, ?, ?)
	on conflict do update set count = count + excluded.count`;
// `accepted` is no state of a row: its cells count births (schema.ts).
const readCells = `select function, state, placed, sum(count) as count from counts
	group by function, state, placed having sum(count) <> 0 order by function, state, placed`;
const readStock = `select pool, class, function, sum(iif(placed = 0, count, 0)) as waiting,
	sum(iif(placed = 1, count, 0)) as placed from counts
	where state = 'queued' and count <> 0 group by pool, class, function order by pool, class, function`;

/** Writes the deltas of one transaction; a commit of 500 tasks of one function and lane changes two or three cells. */
export function prepareTally(db: DatabaseSync) {
	const add = db.prepare(addCount);
	return (tally: Tally): void => {
		for (const {of, state, placed, delta} of tally.entries()) {
			if (delta !== 0) add.run(of.function, state, placed, of.pool, of.class, delta);
		}
	};
}

export type CountRecord = Omit<Count, 'placed'> & {readonly placed: number};

export function prepareCounts(db: DatabaseSync) {
	const cells = db.prepare(readCells);
	const queued = db.prepare(readStock);
	const all = (records: unknown[]): Count[] =>
		(records as CountRecord[]).map(row => ({...row, placed: row.placed === 1}));
	// One statement reads one moment.
	const ledger = () => {
		const records = cells.all() as (CountRecord & {state: string})[];
		const births = records.filter(({state}) => state === 'accepted');
		return {
			counts: all(records.filter(({state}) => state !== 'accepted')),
			births: births.reduce((sum, {count}) => sum + count, 0),
		};
	};
	const stock = (): Stock[] => queued.all().map(row => ({...(row as Stock)}));
	return {ledger, stock, counts: () => ledger().counts};
}
