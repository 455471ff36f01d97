import type {Count, Stock, Store} from '#store/store.ts';
import type {Database} from './database.ts';

// One statement reads one moment. `accepted` is no state of a row: its cells count births (schema.ts).
const readCells = {
	name: 'counts',
	text: `select function, state, placed, sum(count)::bigint as count from counts
		group by function, state, placed having sum(count) <> 0 order by function, state, placed`,
};
const readStock = {
	name: 'stock',
	text: `select pool, class, function, coalesce(sum(count) filter (where not placed), 0)::bigint as waiting,
		coalesce(sum(count) filter (where placed), 0)::bigint as placed
		from counts where state = 'queued' group by pool, class, function
		having sum(count) <> 0 order by pool, class, function`,
};
// Reads the table from end to end, and may take as long as that takes.
const countRows = `set local enable_seqscan to on; set local statement_timeout to 0;
	select function, state, placed, count(*) as count from tasks group by function, state, placed
	order by function, state, placed`;

type Cell = Omit<Count, 'state'> & {readonly state: Count['state'] | 'accepted'};

export function prepareCounts({read}: Database) {
	async function ledger(): Promise<Awaited<ReturnType<Store['ledger']>>> {
		const cells = await read.run<Cell>(readCells);
		const births = cells.filter(({state}) => state === 'accepted');
		return {
			counts: cells.filter((cell): cell is Count => cell.state !== 'accepted'),
			births: births.reduce((sum, {count}) => sum + count, 0),
		};
	}
	return {
		ledger,
		stock: (): Promise<Stock[]> => read.run<Stock>(readStock),
		counts: async (): Promise<Count[]> => [...(await ledger()).counts],
		recount: (): Promise<Count[]> => read.script<Count>(countRows),
	};
}
