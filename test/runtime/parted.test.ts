// Servers that live and reach their store, but not the broker.
import test from 'ava';
import {pair} from './pair.ts';
import {pass} from './pass.ts';
import {must, type Server, world} from './world.ts';

/** Longer than a lease and the look after it. */
const longEnough = 14;

const lives = async ({api}: Server, home: string) =>
	must(await api.nodes()).find(({id}) => id === home)?.live;

test('what a node has that is parted from the broker is done by another, and it goes on once it is not', async t => {
	const all = await world(t, {shared: true});
	const [one, two] = await pair(all);
	const {task: before} = await one.submit('fib', 1);
	await all.quiet();
	const heal = one.part();
	const {task: after} = await one.submit('fib', 2);
	const hand = await all.worker({act: run => run.succeed('done')});
	await pass(all, longEnough);

	for (const task of [before, after]) {
		t.like(must(await two.api.inspect(task)), {state: 'succeeded', attempt: 1, charged: 0});
	}
	t.false(await lives(two, 'n1'));
	heal();
	await all.quiet();
	t.true(await lives(two, 'n1'));
	const {task: later} = await one.submit('fib', 3);
	await pass(all, 1);
	t.is(must(await one.api.inspect(later)).state, 'succeeded');
	t.deepEqual(hand.runs.all.map(run => run.task).toSorted(), [before, after, later].toSorted());
	t.is(all.record.ends.length, 3);
});

test('what is short leaves everything where it is', async t => {
	const all = await world(t, {shared: true});
	const [one, two] = await pair(all);
	const {task} = await one.submit('fib', 1);
	await all.quiet();
	const heal = one.part();
	await pass(all, 4);
	t.true(await lives(two, 'n1'));
	heal();
	await all.worker({act: run => run.succeed()});
	await pass(all, 1);
	t.is(must(await two.api.inspect(task)).state, 'succeeded');
	t.false(must(await two.api.history(task)).entries.some(({event}) => event === 'lost'));
});

test('while nobody reaches the broker nobody takes anything up; afterwards all goes on', async t => {
	const all = await world(t, {shared: true});
	const [one, two] = await pair(all);
	const tasks = [(await one.submit('fib', 1)).task, (await two.submit('fib', 2)).task];
	await all.quiet();
	const heals = [one.part(), two.part()];
	await pass(all, 3 * longEnough);
	t.deepEqual((await all.rows()).map(({home}) => home).toSorted(), ['n1', 'n2']);
	for (const heal of heals) heal();
	await all.worker({act: run => run.succeed()});
	await pass(all, longEnough);
	for (const task of tasks) t.like(must(await two.api.inspect(task)), {state: 'succeeded', charged: 0});
});
