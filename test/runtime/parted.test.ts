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

test('a parted node places nothing of the backlog, which the others would have to take up', async t => {
	const all = await world(t, {shared: true});
	const [one, two] = await pair(all, {window: 2});
	const tasks = [];
	for (let n = 0; n < 12; n++) tasks.push((await one.submit('fib', n)).task);
	await pass(all, 3);
	const placed = async () => (await all.rows()).filter(row => row.placed).length;
	t.is(await placed(), 4);
	const heal = one.part();
	const {task: late} = await one.submit('fib', 12);
	await pass(all, 3 * longEnough);
	t.is(await placed(), 4);
	heal();
	await pass(all, 3);
	t.is(await placed(), 6, 'it goes on, in a window of its own');
	const hand = await all.worker({act: run => run.succeed()});
	await pass(all, longEnough);
	for (const task of [...tasks, late])
		t.like(must(await two.api.inspect(task)), {state: 'succeeded', charged: 0});
	// The first two were in the broker twice: what it had placed, and what was made of that.
	const once = [...tasks.slice(2), late];
	const runs = hand.runs.all.map(run => run.task).filter(task => once.includes(task));
	t.deepEqual(runs.toSorted(), once.toSorted());
});

test('what comes while the broker is away for a moment waits in the store, and goes when it is back', async t => {
	const all = await world(t);
	const node = await all.server({durable: true});
	await node.deploy('fib');
	await all.quiet();
	const heal = node.part();
	const tasks = [];
	for (let n = 0; n < 3; n++) tasks.push((await node.submit('fib', n)).task);
	await all.quiet();
	t.deepEqual(
		(await all.rows()).map(({placed}) => placed),
		[false, false, false],
	);
	const hand = await all.worker({act: run => run.succeed()});
	heal();
	await hand.runs.reach(3);
	await all.quiet();
	for (const task of tasks) {
		const events = must(await node.api.history(task)).entries.map(({event}) => event);
		t.deepEqual(events, ['admit', 'start', 'succeed']);
	}
});
