// Several servers on one store and one broker: whatever one of them owes is done if it dies, by another
// one, once; and whichever is asked gives the same answer.
import test from 'ava';
import {pair} from './pair.ts';
import {pass} from './pass.ts';
import {must, type Server, world} from './world.ts';

const second = 1000;

/** Longer than a lease and the look after it. */
const longEnough = 12;

const stateOf = async ({api}: Server, task: string) => must(await api.inspect(task)).state;

test('what a dead node had placed runs, and its outcome comes to who lives', async t => {
	const all = await world(t, {shared: true});
	const [one, two] = await pair(all);
	const {task} = await one.submit('fib', 1);
	await all.quiet();
	one.life.die();
	const hand = await all.worker({act: run => run.succeed('done')});
	await pass(all, longEnough);
	t.is(await stateOf(two, task), 'succeeded');
	t.is(must(await two.api.result(task)).toString(), '"done"');
	t.like(must(await two.api.inspect(task)), {attempt: 1, charged: 0});
	t.is(hand.runs.all.length, 1);
});

test('a commit whose dispatch died with its node is dispatched by another, with a line in its history', async t => {
	const all = await world(t, {shared: true});
	const [one, two] = await pair(all);
	one.mishaps.broker = ({properties}) => (properties?.type === 'warren.work' ? 'refused' : undefined);
	const {task} = await one.submit('fib', 1);
	one.life.die();
	await all.worker({act: run => run.succeed()});
	await pass(all, longEnough);
	t.is(await stateOf(two, task), 'succeeded');
	const {entries} = must(await two.api.history(task));
	const lost = entries.find(({event}) => event === 'lost');
	t.regex(lost?.why ?? '', /n1 lives no more/);
});

test('an end that a dead node has not told is told by another, once', async t => {
	const all = await world(t, {shared: true});
	const [one] = await pair(all);
	await all.line.declare({exchanges: [], queues: [{name: 'answers', type: 'classic', exclusive: true}]});
	const answers: string[] = [];
	await all.line.consume('answers', {prefetch: 10}, ({properties}) => {
		answers.push(String(properties?.type));
		return 'ack';
	});
	one.mishaps.broker = ({key}) => (key === 'answers' ? 'refused' : undefined);
	await all.worker({act: run => run.succeed()});
	await one.submit('fib', 1, {replyTo: 'answers'});
	await all.quiet();
	one.life.die();
	t.deepEqual(answers, []);
	await pass(all, longEnough);
	t.deepEqual(answers, ['task.succeeded']);
	await pass(all, longEnough);
	t.deepEqual(answers, ['task.succeeded']);
});

test('a dead node that cancelled a task and told no worker is made good for by another', async t => {
	const all = await world(t, {shared: true});
	const [one, two] = await pair(all);
	const hand = await all.worker();
	const {task} = await one.submit('fib', 1);
	const [run] = await hand.runs.reach(1);
	one.mishaps.broker = ({properties}) => (properties?.type === 'warren.control' ? 'refused' : undefined);
	void one.api.cancel(task);
	await all.quiet();
	one.life.die();
	t.is(await stateOf(two, task), 'cancelled');
	t.false(run?.over);
	await pass(all, longEnough);
	t.true(run?.over);
});

test('a retry and a deadline of a dead node fire elsewhere', async t => {
	const all = await world(t, {shared: true});
	const [one, two] = await pair(all);
	const {task: late} = await one.submit('fib', 1, {options: {deadline: all.clock.now() + 20 * second}});
	const {task: again} = await one.submit('fib', 2, {options: {maxAttempts: 2}});
	const hand = await all.worker({
		act: run => {
			if (run.task === again && run.attempt === 1) run.fail('FUNCTION_THREW');
			else if (run.task === again) run.succeed();
		},
	});
	await hand.runs.reach(2);
	await all.quiet();
	one.life.die();
	await pass(all, 30);
	t.is(await stateOf(two, late), 'expired');
	t.is(await stateOf(two, again), 'succeeded');
});

test('a retry that a dead node has committed fires elsewhere, though nothing ever was due there', async t => {
	const all = await world(t, {shared: true});
	const [one, two] = await pair(all);
	const {task} = await one.submit('fib', 1, {options: {maxAttempts: 2}});
	const hand = await all.worker({
		act: run => (run.attempt === 1 ? run.fail('FUNCTION_THREW') : run.succeed()),
	});
	await hand.runs.reach(1);
	await all.quiet();
	t.is(await stateOf(one, task), 'retrying');
	one.life.die();
	await pass(all, longEnough);
	t.is(await stateOf(two, task), 'succeeded');
});

test('who is taken for dead and is not goes on; nothing is decided twice', async t => {
	const all = await world(t, {shared: true});
	const [one, two] = await pair(all);
	one.mishaps.store = verb => (verb === 'renew' ? 'refused' : undefined);
	const tasks = await Promise.all([1, 2, 3].map(n => one.submit('fib', n)));
	await pass(all, longEnough);
	const hand = await all.worker({act: run => run.succeed()});
	await pass(all, 5);
	one.mishaps.store = () => undefined;
	const {task: later} = await one.submit('fib', 4);
	await pass(all, longEnough);
	for (const {task} of [...tasks, {task: later}]) {
		t.like(must(await two.api.inspect(task)), {state: 'succeeded', attempt: 1, charged: 0});
	}
	// A plain copy and a marked one may run side by side; one of them is taken.
	t.is(new Set(hand.runs.all.map(run => run.task)).size, 4);
	t.is(all.record.ends.length, 4);
});

test('a node that stops cleanly leaves at once what it had', async t => {
	const all = await world(t, {shared: true});
	const [one, two] = await pair(all);
	const {task} = await one.submit('fib', 1);
	await all.quiet();
	await one.stop();
	await all.worker({act: run => run.succeed()});
	await pass(all, 3);
	t.is(await stateOf(two, task), 'succeeded');
});

test('whoever waits at one node hears of an end at another', async t => {
	const all = await world(t, {shared: true});
	const [one, two] = await pair(all);
	const {task} = await one.submit('fib', 1);
	const waited = two.api.await(task, 60 * second);
	await all.worker({act: run => run.succeed()});
	t.is(must(await all.until(waited)).state, 'succeeded');
});

test('a cancel at one node stops what another has placed, and its receipt is confirmed', async t => {
	const all = await world(t, {shared: true});
	const [one, two] = await pair(all);
	const hand = await all.worker({id: 'w1'});
	const {task} = await one.submit('fib', 1);
	const [run] = await hand.runs.reach(1);
	await pass(all, 2);
	const receipt = must(await all.until(two.api.cancel(task)));
	t.like(receipt, {was: 'running', cancelled: true, stop: {worker: 'w1', confirmed: true, hostCalls: 2}});
	t.true(run?.over);
	t.is(await stateOf(one, task), 'cancelled');
});

test('a function that one node has is known to the other, as it is', async t => {
	const all = await world(t, {shared: true});
	const [one, two] = await pair(all);
	const {task} = await two.submit('fib', 1);
	t.is(await stateOf(one, task), 'queued');
	const version = await one.deploy('fib', {}, 'export default () => 2;');
	await all.quiet();
	t.is(must(await two.api.function('fib')).version, version);
	must(await two.api.pause('fib'));
	await all.quiet();
	const [refused] = await one.api.submit([
		{function: 'fib', input: Buffer.from('1'), door: 'api', asynchronous: true},
	]);
	t.like(refused, {ok: false, failure: {code: 'FUNCTION_PAUSED'}});
	must(await one.api.resume('fib'));
	must(await one.api.remove('fib', {cancel: true}));
	await all.quiet();
	t.deepEqual(await two.api.functions(), []);
});

test('each node has a window of its own; who dies leaves its room to nobody, and its backlog to all', async t => {
	const all = await world(t, {shared: true});
	const one = await all.server({id: 'n1', durable: true, window: 2});
	const two = await all.server({id: 'n2', durable: true, window: 2});
	await one.deploy('fib');
	await all.quiet();
	const tasks = [];
	for (let n = 0; n < 6; n++) tasks.push((await one.submit('fib', n)).task);
	await pass(all, 5);
	const placed = (await all.rows()).filter(row => row.placed);
	t.is(placed.length, 4, 'two at each');
	t.deepEqual([...new Set(placed.map(({home}) => home))].toSorted(), ['n1', 'n2']);
	one.life.die();
	const hand = await all.worker({act: run => run.succeed()});
	await pass(all, 2 * longEnough);
	for (const task of tasks) t.is(await stateOf(two, task), 'succeeded');
	t.is(hand.runs.all.length, 6);
});

test('a dead task is redriven by a node that never had it, once its end is told', async t => {
	const all = await world(t, {shared: true});
	const [one, two] = await pair(all);
	const hand = await all.worker({
		act: run => (run.attempt === 1 ? run.fail('FUNCTION_THREW') : run.succeed()),
	});
	const {task} = await one.submit('fib', 1, {options: {maxAttempts: 1}});
	await hand.runs.reach(1);
	await all.quiet();
	t.is(await stateOf(two, task), 'dead');
	t.true((await all.until(two.api.redrive(task))).ok);
	await all.quiet();
	t.is(await stateOf(one, task), 'succeeded');
});

test('who listens at one node hears what happens at the other, once', async t => {
	const all = await world(t, {shared: true});
	const [one, two] = [
		await all.server({id: 'n1', durable: true, events: true}),
		await all.server({id: 'n2', durable: true, events: true}),
	];
	await one.deploy('fib');
	const heard: string[] = [];
	const off = two.feed.listen(({actor, group, state}) => void heard.push(`${actor} ${group} ${state}`));
	await pass(all, 2);
	await all.worker({act: run => run.succeed()});
	await one.submit('fib', 1);
	await two.submit('fib', 2);
	await pass(all, 2);
	const ends = heard.filter(line => line === 'task fib succeeded');
	t.is(ends.length, 2);
	off();
	await all.quiet();
	await one.submit('fib', 3);
	await pass(all, 2);
	t.is(heard.filter(line => line === 'task fib succeeded').length, 2);
});
