// Every row is counted, and what does not fit is named: also where the commits' own counts are in balance.
import test, {type ExecutionContext} from 'ava';
import type {Count, TaskRow} from '#store/store.ts';
import {birth, enter, move, now, type OpenPlace} from './world.ts';

type Make = (t: ExecutionContext) => Promise<OpenPlace>;

const waiting = {state: 'queued', placed: false} as const;
const cell = (state: TaskRow['state'], placed: boolean, count: number): Count => ({
	...{function: 'fib', state, placed, count},
});

export function recountContract(name: string, make: Make): void {
	const opened = async (t: ExecutionContext) => {
		const place = await make(t);
		return {...(await enter(await place.open(), 'n1')), tamper: place.tamper};
	};

	test(`${name}: rows that are as the commits left them are counted and nothing is found`, async t => {
		const {store, commit} = await opened(t);
		t.deepEqual(await store.recount(), {rows: [], counts: [], births: 0, orphans: []});
		const expire = {task: 't1', kind: 'expire', at: now, attempt: 1} as const;
		await commit(birth('t1', waiting, {timers: [expire]}), birth('t2'), birth('t3'));
		await commit(move('t3', 1, {state: 'succeeded'}));
		const cells = [cell('queued', false, 1), cell('queued', true, 1), cell('succeeded', false, 1)];
		t.deepEqual(await store.recount(), {rows: cells, counts: cells, births: 3, orphans: []});
	});

	test(`${name}: a row that was deleted is missing beside its count, and what it left is named`, async t => {
		const {store, commit, tamper} = await opened(t);
		const expire = {task: 't3', kind: 'expire', at: now, attempt: 1} as const;
		await commit(birth('t1'), birth('t2'), birth('t3', {}, {timers: [expire]}));
		await tamper("delete from tasks where id in ('t2', 't3')");
		const {rows, counts, births, orphans} = await store.recount();
		t.deepEqual(rows, [cell('queued', true, 1)]);
		t.deepEqual(counts, [cell('queued', true, 3)]);
		t.is(births, 3);
		t.true(orphans.every(({lacks}) => lacks === 'row'));
		t.true(orphans.some(({task}) => task === 't3'));
		t.true(orphans.some(({task, after}) => task === 't2' || after === 't1'));
		t.deepEqual(await store.ledger(), {counts, births});
	});

	test(`${name}: a row that no commit has made is counted and named`, async t => {
		const {store, commit, tamper} = await opened(t);
		await commit(birth('t1'), birth('t2'));
		await tamper('delete from inputs; delete from counts');
		const {rows, counts, births, orphans} = await store.recount();
		t.deepEqual([rows, counts, births], [[cell('queued', true, 2)], [], 0]);
		t.deepEqual(orphans, [
			{task: 't1', after: null, lacks: 'input'},
			{task: 't2', after: null, lacks: 'input'},
		]);
	});

	test(`${name}: rows are counted as they were at one moment, whatever is committed meanwhile`, async t => {
		const {store, commit} = await opened(t);
		const ids = Array.from({length: 6000}, (_, n) => `t${n + 1000}`);
		await commit(...ids.map(id => birth(id)));
		const counting = store.recount();
		await commit(...ids.slice(0, 500).map(id => move(id, 1, waiting)), birth('later'));
		const {rows, counts, births, orphans} = await counting;
		t.deepEqual(rows, counts);
		t.is(
			rows.reduce((sum, {count}) => sum + count, 0),
			births,
		);
		t.deepEqual(orphans, []);
		t.is((await store.ledger()).births, 6001);
	});
}
