import test from 'ava';
import type {Class} from '#actors/lane.ts';
import type {ListQuery} from '#store/query.ts';
import {birth, type MakePlace, move, now, type World, world} from './world.ts';

const waiting = {state: 'queued', placed: false} as const;

export function queriesContract(name: string, make: MakePlace): void {
	test(`${name}: the backlog is what is queued and not placed, oldest first, by pool and class`, async t => {
		const {store, commit} = await world(t, make);
		await commit(
			birth('t3', waiting),
			birth('t1', waiting),
			birth('t2', {placed: true}),
			birth('t4', {...waiting, pool: 'gpu'}),
			birth('t5', {...waiting, class: 'low'}),
			birth('t6', {...waiting, state: 'retrying'}),
		);
		const ids = async (pool: string, lane: Class, limit = 10) =>
			(await store.backlog({pool, class: lane, limit})).map(row => row.id);
		t.deepEqual(await ids('default', 'normal'), ['t1', 't3']);
		t.deepEqual(await ids('default', 'normal', 1), ['t1']);
		t.deepEqual(await ids('gpu', 'normal'), ['t4']);
		t.deepEqual(await ids('default', 'low'), ['t5']);

		await commit(move('t1', 1, {placed: true}), move('t2', 1, waiting), move('t3', 1, {state: 'cancelled'}));
		t.deepEqual(await ids('default', 'normal'), ['t2']);
	});

	test(`${name}: the backlog without some functions is that of the others, still oldest first`, async t => {
		const {store, commit} = await world(t, make);
		const of = (fn: string) => ({...waiting, function: fn});
		await commit(
			...['t1', 't4', 't7'].map(id => birth(id, of('a'))),
			...['t2', 't5', 't8'].map(id => birth(id, of('b'))),
			...['t3', 't6', 't9'].map(id => birth(id, of('c'))),
		);
		const ids = async (limit: number, ...except: string[]) =>
			(await store.backlog({pool: 'default', class: 'normal', limit, except})).map(row => row.id);
		t.deepEqual(await ids(9), ['t1', 't2', 't3', 't4', 't5', 't6', 't7', 't8', 't9']);
		t.deepEqual(await ids(4, 'b'), ['t1', 't3', 't4', 't6']);
		t.deepEqual(await ids(2, 'a', 'nobody'), ['t2', 't3']);
		t.deepEqual(await ids(9, 'a', 'c'), ['t2', 't5', 't8']);
		t.deepEqual(await ids(9, 'a', 'b', 'c'), []);
		await commit(move('t2', 1, {...of('b'), placed: true}), move('t5', 1, {...of('b'), state: 'cancelled'}));
		t.deepEqual(await ids(9, 'a', 'c'), ['t8']);
	});

	test(`${name}: the backlog with so many of a function at most is that of the others, and its oldest`, async t => {
		const {store, commit} = await world(t, make);
		const of = (fn: string) => ({...waiting, function: fn});
		await commit(
			...['t1', 't2', 't3', 't4'].map(id => birth(id, of('a'))),
			...['t5', 't6'].map(id => birth(id, of('b'))),
		);
		const ids = async (limit: number, count: number, ...except: string[]) => {
			const atMost = [
				{function: 'a', count},
				{function: 'nobody', count: 7},
			];
			const rows = await store.backlog({pool: 'default', class: 'normal', limit, except, atMost});
			return rows.map(row => row.id);
		};
		t.deepEqual(await ids(9, 2), ['t1', 't2', 't5', 't6']);
		t.deepEqual(await ids(3, 1), ['t1', 't5', 't6']);
		t.deepEqual(await ids(2, 3), ['t1', 't2']);
		t.deepEqual(await ids(9, 9, 'b'), ['t1', 't2', 't3', 't4']);
		t.deepEqual(await ids(9, 0), ['t5', 't6']);
	});

	test(`${name}: the backlog after a task is what is younger, and all of those of which only so many are asked for`, async t => {
		const {store, commit} = await world(t, make);
		const of = (fn: string) => ({...waiting, function: fn});
		await commit(
			...['t1', 't4', 't7'].map(id => birth(id, of('a'))),
			...['t2', 't5', 't8'].map(id => birth(id, of('b'))),
		);
		const ids = async (after: string, limit: number, ...atMost: {function: string; count: number}[]) =>
			(await store.backlog({pool: 'default', class: 'normal', limit, after, atMost})).map(row => row.id);
		t.deepEqual(await ids('', 9), ['t1', 't2', 't4', 't5', 't7', 't8']);
		t.deepEqual(await ids('t4', 9), ['t5', 't7', 't8']);
		t.deepEqual(await ids('t3', 2), ['t4', 't5']);
		t.deepEqual(await ids('t8', 9), []);
		t.deepEqual(await ids('t4', 9, {function: 'a', count: 2}), ['t1', 't4', 't5', 't8']);
		t.deepEqual(await ids('t9', 9, {function: 'a', count: 9}), ['t1', 't4', 't7']);
	});

	test(`${name}: lists are newest first, filtered and paged without gaps`, async t => {
		const {store, commit} = await listed(t, make);
		const ids = async (query: ListQuery) => (await store.list(query)).map(row => row.id);
		t.deepEqual(await ids({limit: 3}), ['t8', 't7', 't6']);
		t.deepEqual(await ids({limit: 3, before: 't6'}), ['t5', 't4', 't3']);
		t.deepEqual(await ids({limit: 3, before: 't3'}), ['t2', 't1']);
		t.deepEqual(await ids({limit: 9, function: 'other'}), ['t8', 't4']);
		t.deepEqual(await ids({limit: 9, states: ['dead']}), ['t7', 't3']);
		t.deepEqual(await ids({limit: 9, states: ['dead'], asynchronous: true}), ['t3']);
		t.deepEqual(await ids({limit: 1, states: ['dead', 'expired']}), ['t7']);
		t.deepEqual(await ids({limit: 9, states: ['queued'], function: 'other'}), ['t4']);
		t.deepEqual(await ids({limit: 9, states: ['succeeded', 'queued'], before: 't6'}), [
			't5',
			't4',
			't2',
			't1',
		]);
		t.deepEqual(await ids({limit: 9, states: []}), []);

		await commit(move('t7', 1, {state: 'queued'}));
		t.deepEqual(await ids({limit: 9, states: ['dead']}), ['t3']);
		t.deepEqual(await ids({limit: 9, states: ['queued'], before: 't8'}), ['t7', 't4', 't1']);
	});

	test(`${name}: counts follow births, moves, conflicts and pruning`, async t => {
		const {store, commit, acted} = await world(t, make);
		t.deepEqual(await store.counts(), []);
		await commit(birth('t1', waiting), birth('t2', waiting), birth('t3'), birth('t4', {function: 'other'}));
		const count = (fn: string, state: string, placed: boolean, n: number) => ({
			function: fn,
			state,
			placed,
			count: n,
		});
		const other = count('other', 'queued', true, 1);
		t.deepEqual(await store.counts(), [
			count('fib', 'queued', false, 2),
			count('fib', 'queued', true, 1),
			other,
		]);
		const {seq} = await commit(
			move('t1', 1, {placed: true}),
			move('t3', 1, {state: 'succeeded', endedAt: now}),
			move('t2', 9, {state: 'dead'}),
			birth('t1'),
		);
		await acted(seq);
		const queued = [count('fib', 'queued', false, 1), count('fib', 'queued', true, 1)];
		t.deepEqual(await store.counts(), [...queued, count('fib', 'succeeded', false, 1), other]);
		t.is(await store.prune({endedBefore: now + 1, limit: 10}), 1);
		t.deepEqual(await store.counts(), [...queued, other]);
	});

	test(`${name}: the open tasks of a function are those that are not terminal`, async t => {
		const {store} = await listed(t, make);
		t.deepEqual(await store.openOf('fib', 10), ['t1', 't6']);
		t.deepEqual(await store.openOf('fib', 1), ['t1']);
		t.deepEqual(await store.openOf('other', 10), ['t4']);
		t.deepEqual(await store.openOf('nobody', 10), []);
	});

	test(`${name}: pruning takes ended tasks that owe nothing, oldest first, with all they left`, async t => {
		const {store, commit, acted, row} = await world(t, make);
		const ended = (endedAt: number) => ({state: 'dead', endedAt, key: `k${endedAt}`}) as const;
		const log = {log: {attempt: 1, lines: Buffer.from('[]')}};
		await commit(birth('t1', ended(now)), birth('t2', ended(now + 5)), birth('t3'));
		const {seq} = await commit(move('t2', 1, ended(now + 5), log), birth('t4', {state: 'retrying'}));
		await commit(birth('t5', {...ended(now), key: null}));
		await acted(seq);
		t.is(await store.prune({endedBefore: now, limit: 10}), 0);
		t.is(await store.prune({endedBefore: now + 6, limit: 1}), 1);
		t.is(await row('t1'), undefined);
		t.is(await store.prune({endedBefore: now + 6, limit: 10}), 1);
		t.is(await row('t2'), undefined);
		t.deepEqual([...(await store.load(['t3', 't4', 't5'])).keys()], ['t3', 't4', 't5']);
		t.is((await store.inputs(['t1', 't2'])).size, 0);
		t.deepEqual(await store.logs('t2'), []);
		t.deepEqual((await commit(birth('t6', {key: `k${now + 5}`}))).fates, ['done']);
		t.deepEqual(await store.logs('t6'), []);
	});
}

/** Eight tasks of two functions in several states. */
async function listed(t: Parameters<MakePlace>[0], make: MakePlace): Promise<World> {
	const here = await world(t, make);
	await here.commit(
		birth('t1'),
		birth('t2', {state: 'succeeded'}),
		birth('t3', {state: 'dead'}),
		birth('t4', {function: 'other'}),
		birth('t5', {state: 'succeeded'}),
		birth('t6', {state: 'retrying'}),
		birth('t7', {state: 'dead', asynchronous: false}),
		birth('t8', {function: 'other', state: 'succeeded'}),
	);
	return here;
}
