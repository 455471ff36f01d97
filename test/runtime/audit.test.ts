// The audit (R26): what the broker lost is dispatched again, what a lost worker held runs elsewhere, and
// what does not fit is named. Each of these may be wrong about an attempt, and then nothing happens twice.
import test from 'ava';
import {pass} from './pass.ts';
import {must, type Server, world} from './world.ts';

const second = 1000;

const events = async ({api}: Server, task: string): Promise<string[]> =>
	must(await api.history(task)).entries.map(({event, worker}) => (worker ? `${event} ${worker}` : event));

test('what was purged from the work queue is dispatched again, once, and runs', async t => {
	const all = await world(t);
	const node = await all.server({auditMs: 5 * second, durable: true});
	await node.deploy('fib');
	const tasks = await Promise.all([1, 2, 3].map(n => node.submit('fib', n)));
	await all.quiet();
	const thief = await all.line.consume(all.names.work('default', 'normal'), {prefetch: 10}, () => 'ack');
	await all.quiet();
	await thief.cancel();
	const hand = await all.worker({act: run => run.succeed()});
	const before = must(await node.api.audit());
	t.like(before, {balanced: true, placed: {store: 3, node: 3, heard: 0, broker: 0}});
	await pass(all, 16);
	t.deepEqual(hand.runs.all.length, 3);
	for (const {task} of tasks) {
		t.like(must(await node.api.inspect(task)), {state: 'succeeded', attempt: 1, charged: 0});
		t.deepEqual(
			(await events(node, task)).map(line => line.split(' ')[0]),
			['admit', 'lost', 'claim', 'start', 'succeed'],
		);
	}
	const after = must(await node.api.audit());
	t.like(after, {balanced: true, difference: 0, healed: {lost: 3}});
});

test('what waits in the queue, however long, is not missing', async t => {
	const all = await world(t);
	const node = await all.server({auditMs: 5 * second});
	await node.deploy('fib');
	await node.submit('fib', 1);
	await pass(all, 60);
	const sent = node.sent.all.filter(({properties}) => properties?.type === 'warren.work');
	t.is(sent.length, 1);
	t.like(must(await node.api.audit()), {balanced: true, placed: {broker: 1}, healed: {}});
});

test('what a worker holds and names is not missing, started or not', async t => {
	const all = await world(t);
	const node = await all.server({auditMs: 5 * second});
	await node.deploy('fib');
	const hand = await all.worker({slots: 1});
	for (const n of [1, 2, 3]) await node.submit('fib', n);
	await hand.runs.reach(1);
	await pass(all, 30);
	t.like(must(await node.api.audit()), {balanced: true, placed: {heard: 2, broker: 1}, healed: {}});
	t.is(hand.runs.all.length, 1);
});

test('what a worker held that fell silent runs elsewhere, and its late outcome counts no more', async t => {
	const all = await world(t);
	const node = await all.server();
	await node.deploy('fib');
	const stalled = await all.worker({id: 'w-stalled', slots: 1});
	const {task} = await node.submit('fib', 1);
	const {task: second} = await node.submit('fib', 2);
	const [held] = await stalled.runs.reach(1);
	await pass(all, 1);
	// Its process stands still, and so does its connection: the broker takes it for alive.
	stalled.mishaps.broker = ({key}) => (key.startsWith('heartbeat.') ? 'refused' : undefined);
	const other = await all.worker({id: 'w-other', act: run => run.succeed('other')});
	await pass(all, 5);
	t.deepEqual(new Set(other.runs.all.map(run => run.task)), new Set([task, second]));
	t.like(must(await node.api.inspect(task)), {state: 'succeeded', attempt: 1, charged: 0});
	t.deepEqual(await events(node, task), [
		'admit',
		'lost w-stalled',
		'claim w-other',
		'start w-other',
		'succeed w-other',
	]);
	held?.succeed('stalled');
	await all.quiet();
	t.is(must(await node.api.result(task)).toString(), '"other"');
});

test('what came to a worker right before it fell silent was never named, and runs elsewhere too', async t => {
	const all = await world(t);
	const node = await all.server();
	await node.deploy('fib');
	// It holds as much as it may: else what is dispatched again could come to it too.
	const stalled = await all.worker({slots: 1});
	const {task} = await node.submit('fib', 1);
	const {task: second} = await node.submit('fib', 2);
	await stalled.runs.reach(1);
	stalled.mishaps.broker = ({key}) => (key.startsWith('heartbeat.') ? 'refused' : undefined);
	const other = await all.worker({act: run => run.succeed()});
	await pass(all, 5);
	t.deepEqual(
		other.runs.all.map(run => run.task),
		[task, second],
	);
	t.deepEqual(
		(await events(node, task)).map(line => line.split(' ')[0]),
		['admit', 'lost', 'claim', 'start', 'succeed'],
	);
});

test('what the broker gives to a worker that stands still is taken from it again and again, until it runs', async t => {
	const all = await world(t);
	const node = await all.server({auditMs: 5 * second});
	await node.deploy('fib');
	// It has room for more, and its connection lives: whatever is dispatched again may come to it too.
	const stalled = await all.worker({slots: 4, act: () => {}});
	await all.quiet();
	stalled.mishaps.broker = () => 'refused';
	const tasks = await Promise.all([1, 2, 3, 4].map(n => node.submit('fib', n)));
	const other = await all.worker({slots: 1, act: run => run.succeed()});
	await pass(all, 20);
	t.deepEqual([...new Set(other.runs.all.map(run => run.task))].sort(), tasks.map(({task}) => task).sort());
	for (const {task} of tasks) t.like(must(await node.api.inspect(task)), {state: 'succeeded', charged: 0});
	t.like(must(await node.api.audit()), {balanced: true});
});

test('a worker that runs what is over is told to stop, also by a server that has forgotten the cancel', async t => {
	const all = await world(t);
	const node = await all.server({auditMs: 5 * second, durable: true});
	await node.deploy('fib');
	const hand = await all.worker();
	const {task} = await node.submit('fib', 1);
	const [run] = await hand.runs.reach(1);
	node.mishaps.broker = ({properties}) => (properties?.type === 'warren.control' ? 'refused' : undefined);
	const receipt = node.api.cancel(task);
	await all.until(receipt);
	t.false(run?.over);
	// It leaves nothing undone, as far as its successor can know: only a heartbeat still names the attempt.
	await node.stop();
	const next = await all.server({auditMs: 5 * second, durable: true});
	await pass(all, 12);
	t.true(run?.over);
	t.like(must(await next.api.inspect(task)), {state: 'cancelled'});
	t.like(must(await next.api.audit()), {healed: {stray: 1}});
});

test('what ran for long and has just ended is no stray, though the last heartbeat still names it', async t => {
	const all = await world(t);
	const node = await all.server();
	await node.deploy('fib');
	const hand = await all.worker({id: 'w1'});
	const {task} = await node.submit('fib', 1);
	const [run] = await hand.runs.reach(1);
	await pass(all, 12);
	run?.succeed();
	await all.quiet();
	t.like(must(await node.api.inspect(task)), {state: 'succeeded'});
	t.like(must(await node.api.audit()), {balanced: true, breaks: [], healed: {}});
	await pass(all, 12);
	t.like(must(await node.api.audit()), {balanced: true, healed: {}});
});

test('a cancel of a running task says who stopped it and what it had used', async t => {
	const all = await world(t);
	const node = await all.server();
	await node.deploy('fib');
	const hand = await all.worker({id: 'w1'});
	const {task} = await node.submit('fib', 1);
	await hand.runs.reach(1);
	await pass(all, 1);
	const receipt = must(await all.until(node.api.cancel(task)));
	t.like(receipt, {
		was: 'running',
		state: 'cancelled',
		cancelled: true,
		stop: {worker: 'w1', confirmed: true, runMs: 1},
	});
	t.like(must(await node.api.cancel(task)), {was: 'cancelled', cancelled: false, stop: null});
	const view = must(await node.api.inspect(task));
	t.not(view.startedAt, null);
});

test('why: a task says what it waits for, behind what, until when', async t => {
	const all = await world(t);
	const node = await all.server({window: 2});
	await node.deploy('fib');
	const tasks = [];
	for (const n of [1, 2, 3]) {
		tasks.push((await node.submit('fib', n, {options: {expiresInMs: 60_000}})).task);
		all.clock.advance(1);
	}
	const [first = '', second = '', third = ''] = tasks;
	t.like(must(await node.api.why(second)), {state: 'queued', reason: 'worker', behind: 1});
	t.like(must(await node.api.why(third)), {reason: 'room', behind: 2, until: all.clock.now() + 60_000 - 1});
	const hand = await all.worker({id: 'w1', slots: 1});
	await hand.runs.reach(1);
	await pass(all, 1);
	t.like(must(await node.api.why(first)), {state: 'running', reason: 'runs', worker: 'w1', behind: null});
	t.like(must(await node.api.why(second)), {reason: 'slot'});
	hand.runs.all[0]?.fail('FUNCTION_THREW');
	await all.quiet();
	t.like(must(await node.api.why(first)), {state: 'dead', reason: 'ended', until: null});
	t.like(await node.api.why('nobody'), {ok: false, failure: {code: 'TASK_NOT_FOUND'}});
});

test('while the broker is away an audit says what it can, and takes nothing for lost', async t => {
	const all = await world(t);
	const node = await all.server({auditMs: 5 * second});
	await node.deploy('fib');
	const hand = await all.worker({slots: 1});
	const {task} = await node.submit('fib', 1, {options: {expiresInMs: 10 * second}});
	await node.submit('fib', 2);
	await hand.runs.reach(1);
	await pass(all, 1);
	const heal = node.part();
	await pass(all, 30);
	t.like(must(await node.api.audit()), {balanced: true, placed: {node: 2, broker: null}, healed: {}});
	t.like(node.api.workers()[0], {state: 'busy'});
	t.like(must(await node.api.inspect(task)), {state: 'running'});
	heal();
	const other = await all.worker({act: run => run.succeed()});
	await pass(all, 12);
	t.like(must(await node.api.audit()), {balanced: true, healed: {}});
	t.deepEqual([hand.runs.all.length, other.runs.all.length], [1, 0]);
});

test('a worker that beats slowly is not lost between two of its beats', async t => {
	const all = await world(t);
	const node = await all.server({auditMs: 5 * second});
	await node.deploy('fib');
	const hand = await all.worker({heartbeatMs: 10 * second});
	await node.submit('fib', 1);
	await hand.runs.reach(1);
	await pass(all, 60);
	t.like(node.api.workers()[0], {state: 'busy'});
	t.like(must(await node.api.audit()), {balanced: true, placed: {heard: 1}, healed: {}});
	hand.crash();
	await pass(all, 35);
	t.like(node.api.workers()[0], {state: 'lost'});
});
