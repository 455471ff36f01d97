import type {Count, Store} from '#store/store.ts';
import type {Database} from './database.ts';

// One statement reads one moment. `accepted` is no state of a row: its cells count births (schema.ts).
const readCells = {
	name: 'counts',
	text: `select function, state, placed, sum(count)::bigint as count from counts
		group by function, state, placed having sum(count) <> 0 order by function, state, placed`,
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
		counts: async (): Promise<Count[]> => [...(await ledger()).counts],
		recount: (): Promise<Count[]> => read.script<Count>(countRows),
	};
}
