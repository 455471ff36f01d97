import test from 'ava';
import {birth, enter, type MakePlace, move, now, world} from './world.ts';

const waiting = {state: 'queued', placed: false} as const;
const low = {class: 'low'} as const;

/** What is queued, by lane: whoever fills one takes no room of another. */
export function lanesContract(name: string, make: MakePlace): void {
	test(`${name}: the stock follows births, moves and conflicts, by lane and function`, async t => {
		const {store, commit} = await world(t, make);
		t.deepEqual(await store.stock(), []);
		const gpu = {...waiting, pool: 'gpu', class: 'high', function: 'other'} as const;
		await commit(
			birth('t1', waiting),
			birth('t2'),
			birth('t3', {...waiting, ...low}),
			birth('t4', {...waiting, ...low}),
			birth('t5', gpu),
			birth('t6', {state: 'retrying'}),
			birth('t1', gpu),
		);
		const normal = {pool: 'default', class: 'normal', function: 'fib'} as const;
		const other = {pool: 'gpu', class: 'high', function: 'other', waiting: 1, placed: 0} as const;
		t.deepEqual(await store.stock(), [
			{...normal, ...low, waiting: 2, placed: 0},
			{...normal, waiting: 1, placed: 1},
			other,
		]);

		await commit(
			move('t3', 1, {...low, placed: true}),
			move('t1', 1, {state: 'succeeded', endedAt: now}),
			move('t4', 9, {...low, state: 'dead'}),
		);
		t.deepEqual(await store.stock(), [
			{...normal, ...low, waiting: 1, placed: 1},
			{...normal, waiting: 0, placed: 1},
			other,
		]);
		await commit(move('t2', 1, {state: 'cancelled', endedAt: now}));
		t.deepEqual((await store.stock()).length, 2);
	});

	test(`${name}: what a home has placed is counted by lane and function; the stock is that of all homes`, async t => {
		const one = await world(t, make);
		const two = await enter(one.store, 'n2');
		await one.commit(birth('t1'), birth('t2', low), birth('t3', {...low, placed: false}));
		await two.commit(birth('t4', low), birth('t5', {...low, pool: 'gpu'}));
		const lane = {pool: 'default', class: 'normal', function: 'fib', placed: 1} as const;
		t.deepEqual(await one.store.placed('n1'), [{...lane, ...low}, lane]);
		t.deepEqual(await one.store.placed('n2'), [
			{...lane, ...low},
			{...lane, ...low, pool: 'gpu'},
		]);
		t.deepEqual(
			(await one.store.stock()).map(({pool, class: lane, waiting: n, placed}) => [pool, lane, n, placed]),
			[
				['default', 'low', 1, 2],
				['default', 'normal', 0, 1],
				['gpu', 'low', 0, 1],
			],
		);
	});
}
