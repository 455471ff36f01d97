import {isDeepStrictEqual} from 'node:util';
import {mostOrphans} from '#store/query.ts';
import type {Count, Orphan, Recount, Stock, Store} from '#store/store.ts';
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
// Read the tables from end to end, and may take as long as that takes.
const patiently = `set local enable_seqscan to on; set local enable_hashjoin to on; set local enable_mergejoin to on;
	set local enable_sort to on; set local statement_timeout to 0;`;
// One statement reads one moment.
const countAll = `${patiently}
	select 'row' as source, function, state, placed, count(*) as count from tasks group by function, state, placed
	union all
	select 'cell', function, state, placed, sum(count)::bigint from counts
	group by function, state, placed having sum(count) <> 0
	order by source, function, state, placed`;
const findOrphans = `${patiently}
	(select task, null as after, 'row' as lacks from inputs
		where not exists(select from tasks where tasks.id = inputs.task) limit ${mostOrphans})
	union
	(select task, null, 'row' from timers
		where not exists(select from tasks where tasks.id = timers.task) limit ${mostOrphans})
	union
	(select id, null, 'input' from tasks
		where not exists(select from inputs where inputs.task = tasks.id) limit ${mostOrphans})
	order by task limit ${mostOrphans}`;

type Cell = Omit<Count, 'state'> & {readonly state: Count['state'] | 'accepted'};
type Counted = Cell & {readonly source: 'row' | 'cell'};

export function prepareCounts({read}: Database) {
	const ledger = async () => ledgerOf(await read.run<Cell>(readCells));
	const recount = async (): Promise<Recount> => {
		const counted = await read.script<Counted>(countAll);
		const of = (from: Counted['source']) =>
			counted.filter(({source}) => source === from).map(({source: _, ...cell}) => cell);
		const rows = of('row') as Count[];
		const {counts, births} = ledgerOf(of('cell'));
		const fits = isDeepStrictEqual(rows, counts);
		return {rows, counts, births, orphans: fits ? [] : await read.script<Orphan>(findOrphans)};
	};
	return {
		ledger,
		stock: (): Promise<Stock[]> => read.run<Stock>(readStock),
		counts: async (): Promise<Count[]> => [...(await ledger()).counts],
		recount,
	};
}

function ledgerOf(cells: readonly Cell[]): Awaited<ReturnType<Store['ledger']>> {
	const births = cells.filter(({state}) => state === 'accepted');
	return {
		counts: cells.filter((cell): cell is Count => cell.state !== 'accepted'),
		births: births.reduce((sum, {count}) => sum + count, 0),
	};
}
