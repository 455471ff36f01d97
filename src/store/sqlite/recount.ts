// Every row is read, which takes a second for a million: in slices, so that commits go on between them, and on
// a snapshot of the file, so that all is of one moment. A store in memory has neither a second connection nor
// snapshots, and is counted in one go.
import type {DatabaseSync} from 'node:sqlite';
import {setImmediate as turn} from 'node:timers/promises';
import {mostOrphans} from '#store/query.ts';
import type {Count, Orphan, Recount} from '#store/store.ts';
import {type CountRecord, prepareCounts} from './counts.ts';
import {openReader} from './database.ts';

const lastPlace =
	'select max(ifnull((select max(n) from tasks), 0), ifnull((select max(n) from inputs), 0)) as n';
const countSlice = `select function, state, placed, count(*) as count from tasks where n > ? and n <= ?
	group by function, state, placed`;
// An input knows its place only: who was born before it says where to look.
const withoutRow = `select null as task, (select id from tasks where tasks.n < inputs.n order by n desc limit 1) as after,
	'row' as lacks from inputs
	where n > ? and n <= ? and not exists(select 1 from tasks where tasks.n = inputs.n) order by n limit ?`;
const withoutInput = `select id as task, null as after, 'input' as lacks from tasks
	where n > ? and n <= ? and not exists(select 1 from inputs where inputs.n = tasks.n) order by n limit ?`;
const timerSlice = `select task, exists(select 1 from tasks where tasks.id = timers.task) as has from timers
	where task > ? order by task limit ?`;

/** Rows: commits wait for 2 to 5 ms. */
const slice = 5000;

type Breath = () => Promise<unknown>;

export function prepareRecount(db: DatabaseSync, path: string, busyMs: number): () => Promise<Recount> {
	return async () => {
		let own: DatabaseSync | undefined;
		try {
			if (path === ':memory:') return await countAll(db, async () => {});
			own = openReader(path, busyMs);
			own.exec('begin');
			return await countAll(own, turn);
		} finally {
			own?.close();
		}
	};
}

async function countAll(db: DatabaseSync, breath: Breath): Promise<Recount> {
	const {counts, births} = prepareCounts(db).ledger();
	const {n: last} = db.prepare(lastPlace).get() as {n: number};
	const count = db.prepare(countSlice);
	const cells = new Map<string, Count>();
	for (let from = 0; from < last; from += slice) {
		for (const row of count.all(from, from + slice) as CountRecord[]) {
			const cell = {...row, placed: row.placed === 1};
			const name = nameOf(cell);
			cells.set(name, {...cell, count: cell.count + (cells.get(name)?.count ?? 0)});
		}
		await breath();
	}
	const rows = [...cells].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, cell]) => cell);
	const fits =
		counts.length === rows.length && counts.every(one => cells.get(nameOf(one))?.count === one.count);
	return {rows, counts, births, orphans: fits ? [] : await findOrphans(db, last, breath)};
}

const nameOf = ({function: fn, state, placed}: Count): string => `${fn} ${state} ${placed ? 1 : 0}`;

async function findOrphans(db: DatabaseSync, last: number, breath: Breath): Promise<Orphan[]> {
	const found: Orphan[] = [];
	const finders = [db.prepare(withoutRow), db.prepare(withoutInput)];
	for (let from = 0; from < last && found.length < mostOrphans; from += slice) {
		for (const finder of finders) {
			const some = finder.all(from, from + slice, mostOrphans) as Orphan[];
			found.push(...some.map(one => ({...one})));
		}
		await breath();
	}
	return [...found, ...(await timersWithoutRow(db, breath))].slice(0, mostOrphans);
}

async function timersWithoutRow(db: DatabaseSync, breath: Breath): Promise<Orphan[]> {
	const timers = db.prepare(timerSlice);
	const tasks = new Set<string>();
	for (let after = '', more = true; more; await breath()) {
		const some = timers.all(after, slice) as {task: string; has: number}[];
		for (const {task, has} of some) if (has === 0) tasks.add(task);
		after = some.at(-1)?.task ?? after;
		more = some.length === slice && tasks.size < mostOrphans;
	}
	return [...tasks].map(task => ({task, after: null, lacks: 'row'}));
}
