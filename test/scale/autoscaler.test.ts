import test from 'ava';
import type {Stock} from '#store/store.ts';
import {keeper, queued, seconds, workerOf, world} from './ruledPool.ts';

test('a pool goes from zero at the first task, and back when nothing came for its cooldown', async t => {
	const {seen, autoscaler, ambient, look, begin, explained} = world();
	await begin();
	t.deepEqual(seen.scaled, []);
	seen.stock = queued(0, 1);
	await look();
	t.deepEqual(seen.scaled, [1]);
	seen.workers = [workerOf('w1', {ended: 1, slotMs: 200})];
	seen.stock = queued(0);
	await look(7);
	t.deepEqual(seen.scaled, [1, 0]);
	const lines = ambient.lines.filter(({msg}) => msg === 'a pool is scaled by its rule');
	t.like(lines[0], {pool: 'gpu', from: 0, to: 1});
	t.like(lines[1], {pool: 'gpu', from: 1, to: 0});
	t.deepEqual(
		explained().decisions.map(({from, to, why}) => ({from, to, why})),
		[
			{from: 1, to: 0, why: 'nothing waits, runs or comes; 1 there: enough 0 for 10s'},
			{from: 0, to: 1, why: '1 wait, 0 of 0 slots run, 0.5/s come, and none has ended yet: needed 1'},
		],
	);
	await autoscaler.stop();
});

test('what needs a tag asks for workers unless those that are there lack it', async t => {
	const {seen, autoscaler, look, begin} = world();
	const parts = (...pools: string[]): Stock[] =>
		pools.map(pool => ({pool, class: 'normal', function: 'fib', waiting: 500, placed: 0}));
	await begin();
	seen.stock = parts('gpu+eu', 'other+eu');
	await look();
	t.deepEqual(seen.scaled, [1], 'nobody knows yet what workers of this pool have');
	seen.workers = [workerOf('w1', {ended: 10, slotMs: 10_000})];
	await look(7);
	t.deepEqual(seen.scaled, [1, 0], 'more of them would lack it, too');
	seen.workers = [workerOf('w1', {ended: 10, slotMs: 10_000, tags: ['eu']})];
	await look();
	t.is(seen.scaled.at(-1), 2);
	await autoscaler.stop();
});

test('what needs a tag asks for the workers of a supervisor that would have it, and of no other', async t => {
	const {seen, autoscaler, look, begin} = world();
	await begin();
	seen.stock = [{pool: 'gpu+eu', class: 'normal', function: 'fib', waiting: 500, placed: 0}];
	seen.supervisors = [{...keeper(0), tags: []}];
	await look(20);
	t.deepEqual(seen.scaled, [], 'what it would start lacks it');
	seen.supervisors = [
		{...keeper(0), tags: []},
		{...keeper(0), id: 's2', tags: ['eu']},
	];
	seen.workers = [workerOf('w1', {ended: 10, slotMs: 10_000})];
	await look();
	t.true((seen.scaled.at(-1) ?? 0) > 0);
	await autoscaler.stop();
});

test('where nobody keeps workers nothing is said, and the explanation says why', async t => {
	const {seen, autoscaler, look, begin, explained} = world();
	seen.supervisors = [keeper(0, 'lost')];
	seen.stock = queued(5);
	await begin();
	await look();
	t.deepEqual(seen.scaled, []);
	t.regex(explained().why, /needed 1; no supervisor of this pool is heard of$/);
	t.deepEqual(explained().decisions, []);
	seen.supervisors = [keeper(0)];
	await look();
	t.deepEqual(seen.scaled, [1], 'a step that was not made has no cooldown');
	await autoscaler.stop();
});

test('workers that were started by hand count, and nobody takes them away', async t => {
	const {seen, autoscaler, look, begin} = world();
	seen.others = 2;
	seen.said = 0;
	seen.workers = [workerOf('m1', {supervisor: null}), workerOf('m2', {supervisor: null})];
	await begin();
	seen.workers = seen.workers.map(one => ({...one, ended: 10, slotMs: 10_000, busy: 4}));
	seen.stock = queued(88, 8);
	await look();
	// 96 of a second each, of which a worker starts 24 in five.
	t.is(seen.scaled.length, 1);
	t.true((seen.scaled[0] ?? 0) > 0 && (seen.scaled[0] ?? 0) <= 6);
	seen.stock = queued(0);
	seen.workers = seen.workers.map(one => ({...one, busy: 0}));
	await look(20);
	t.is(seen.said, 0);
	await autoscaler.stop();
});

test('a number that an operator said holds until the rule has seen a cooldown of it', async t => {
	const {seen, autoscaler, look, begin} = world();
	await begin();
	seen.said = 3;
	await look(4);
	t.deepEqual(seen.scaled, []);
	await look(2);
	t.deepEqual(seen.scaled, [0]);
	await autoscaler.stop();
});

test('a store that is away stops nothing for good', async t => {
	const {seen, autoscaler, ambient, look, begin} = world();
	seen.broken = true;
	await begin();
	t.is(ambient.lines.at(-1)?.msg, 'pools could not be scaled by their rules; trying again');
	seen.broken = false;
	seen.stock = queued(1);
	await look();
	t.deepEqual(seen.scaled, [1]);
	await autoscaler.stop();
});

test('long ones that run are seen for how long they do', async t => {
	const {seen, autoscaler, ambient, look, begin, explained} = world();
	seen.workers = [workerOf('w1')];
	await begin();
	seen.workers = [workerOf('w1', {busy: 2, ended: 2, slotMs: 20})];
	await look();
	const startedAt = ambient.clock.now();
	seen.held = ['t1', 't2'].map(task => ({task, attempt: 1, worker: 'w1', startedAt}));
	seen.stock = queued(0, 2);
	await look(60);
	t.true((explained().load?.runMs ?? 0) >= seconds(100));
	await autoscaler.stop();
});
