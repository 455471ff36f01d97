import test from 'ava';
import {usage} from './scripted.ts';
import type {WorkerOptions} from './worker.ts';
import {must, type Server, world} from './world.ts';

const of = ({sent}: Server, type: string) => sent.all.filter(({properties}) => properties?.type === type);

test('a task that waits longer than it may is expired, and its worker is told never to start it', async t => {
	const {server, worker, quiet, clock} = await world(t);
	const node = await server();
	await node.deploy('fib');
	const busy = await worker({slots: 1});
	await node.submit('fib', 'busy');
	await busy.runs.reach(1);
	const {task} = await node.submit('fib', 1, {options: {expiresInMs: 5000}, replyTo: 'answers'});
	await quiet();
	clock.advance(4999);
	await quiet();
	t.is(must(await node.api.inspect(task)).state, 'queued');
	clock.advance(1);
	await quiet();
	t.like(must(await node.api.inspect(task)), {state: 'expired', failure: {code: 'EXPIRED'}, attempt: 1});
	t.is(of(node, 'task.expired').length, 1);
	busy.runs.all[0]?.succeed();
	await quiet();
	t.is(busy.runs.all.length, 1);
	t.like(await node.api.status(), {inFlight: 0});
});

test('a task that a heartbeat names as started does not expire', async t => {
	const {server, worker, quiet, clock, until} = await world(t);
	const node = await server();
	await node.deploy('fib');
	const {runs} = await worker();
	const {task} = await node.submit('fib', 1, {options: {expiresInMs: 5000}});
	const [run] = await runs.reach(1);
	for (let s = 0; s < 10; s++) {
		clock.advance(1000);
		await quiet();
	}
	t.like(must(await node.api.inspect(task)), {state: 'running', expiresAt: null});
	run?.succeed(1);
	t.like(must(await until(node.api.await(task, 1000))), {state: 'succeeded'});
});

test('a task expires in the store, behind others, without a message', async t => {
	const {server, quiet, clock} = await world(t);
	const node = await server({window: 1});
	await node.deploy('fib');
	await node.submit('fib', 0);
	const {task} = await node.submit('fib', 1, {options: {expiresInMs: 100}});
	await quiet();
	const before = node.sent.all.length;
	clock.advance(100);
	await quiet();
	t.like(must(await node.api.inspect(task)), {state: 'expired'});
	t.is(node.sent.all.length, before);
	t.like(await node.api.status(), {backlog: 0, inFlight: 1});
});

test('the deadline ends a task that is queued, one that runs and one that will be retried', async t => {
	const {server, worker, quiet, clock} = await world(t);
	const node = await server();
	await node.deploy('fib', {maxAttempts: 2, backoff: {baseMs: 60_000, factor: 1, maxMs: 60_000}});
	const {runs} = await worker({slots: 2});
	const options = {deadline: clock.now() + 10_000};
	const retrying = await node.submit('fib', 'retrying', {options});
	(await runs.reach(1))[0]?.fail('FUNCTION_THREW');
	const running = await node.submit('fib', 'running', {options});
	await node.submit('fib', 'other');
	const queued = await node.submit('fib', 'queued', {options, replyTo: 'answers'});
	await runs.reach(3);
	clock.advance(9999);
	await quiet();
	const stateOf = async ({task}: {task: string}) => must(await node.api.inspect(task)).state;
	t.deepEqual(await Promise.all([retrying, running, queued].map(stateOf)), ['retrying', 'running', 'queued']);
	clock.advance(1);
	await quiet();
	for (const {task} of [retrying, running, queued]) {
		t.like(must(await node.api.inspect(task)), {state: 'expired', failure: {code: 'DEADLINE_EXCEEDED'}});
	}
	t.true(runs.all[1]?.over, 'the one that ran was stopped');
	t.is(of(node, 'task.expired').length, 1);
	t.is(await node.store.nextDue(), undefined, 'no timer is left over');
});

test('a worker that sees the deadline pass first ends it as the timer would', async t => {
	const {server, worker, quiet, clock} = await world(t);
	const node = await server();
	await node.deploy('fib', {maxAttempts: 2});
	const {runs} = await worker({slots: 1});
	const {task} = await node.submit('fib', 1, {options: {deadline: clock.now() + 10}, replyTo: 'answers'});
	(await runs.reach(1))[0]?.fail('DEADLINE_EXCEEDED');
	await quiet();
	t.like(must(await node.api.inspect(task)), {state: 'expired', failure: {code: 'DEADLINE_EXCEEDED'}});
	t.is(of(node, 'task.expired').length, 1);
	t.is(await node.store.nextDue(), undefined, 'no timer is left over');
	clock.advance(10);
	await quiet();
	t.deepEqual(must(await node.api.deadLetters({})), []);
});

test('a cancel ends a task that is queued, running, retrying or in the store, and says what it found', async t => {
	const {server, worker, quiet, clock} = await world(t);
	const node = await server({window: 3});
	await node.deploy('fib', {maxAttempts: 2});
	const {runs} = await worker({slots: 1});
	const retrying = await node.submit('fib', 'retrying', {replyTo: 'answers'});
	(await runs.reach(1))[0]?.fail('FUNCTION_THREW');
	await quiet();
	const running = await node.submit('fib', 'running', {replyTo: 'answers'});
	const queued = await node.submit('fib', 'queued', {replyTo: 'answers'});
	await node.submit('fib', 'placed');
	const stored = await node.submit('fib', 'stored', {replyTo: 'answers'});
	await runs.reach(2);
	clock.advance(100);
	await quiet();
	const was = [];
	for (const {task} of [retrying, queued, stored]) was.push(must(await node.api.cancel(task)).was);
	clock.advance(400);
	t.deepEqual(was, ['retrying', 'queued', 'queued']);
	await quiet();
	t.like(must(await node.api.cancel(running.task)), {state: 'cancelled', cancelled: true});
	await quiet();
	t.true(runs.all[1]?.over, 'the one that ran was stopped');
	for (const {task} of [retrying, running, queued, stored]) {
		t.like(must(await node.api.inspect(task)), {state: 'cancelled', failure: {code: 'CANCELLED'}});
		t.like(must(await node.api.cancel(task)), {was: 'cancelled', state: 'cancelled', cancelled: false});
	}
	t.is(of(node, 'task.cancelled').length, 4, 'each was answered once');
	t.like((await runs.reach(3))[2], {input: 'placed'});
	clock.advance(60_000);
	await quiet();
	t.is(runs.all.length, 3, 'none of the cancelled was started');
});

test('a cancel of a running task says so once a heartbeat has told', async t => {
	const {server, worker, quiet, clock} = await world(t);
	const node = await server();
	await node.deploy('fib');
	const {runs} = await worker();
	const {task} = await node.submit('fib');
	await runs.reach(1);
	clock.advance(1000);
	await quiet();
	t.like(must(await node.api.cancel(task)), {was: 'running', state: 'cancelled', cancelled: true});
});

test('the receipt of a cancel has what the attempt had used, and null for what an older worker does not say', async t => {
	const {server, worker, quiet, clock} = await world(t);
	const node = await server();
	await node.deploy('fib');
	const {hostCalls, ...older} = usage;
	const receiptFrom = async (options: WorkerOptions) => {
		const {runs, worker: own} = await worker(options);
		const {task} = await node.submit('fib');
		await runs.reach(1);
		clock.advance(1000);
		await quiet();
		const receipt = must(await node.api.cancel(task));
		await own.drain();
		return receipt;
	};
	const stop = {worker: 'new', confirmed: true, ms: 0, runMs: usage.runMs, cpuMs: usage.cpuMs, hostCalls};
	t.like(await receiptFrom({id: 'new'}), {was: 'running', stop});
	t.deepEqual((await receiptFrom({id: 'old', usage: older})).stop, {...stop, worker: 'old', hostCalls: null});
});

test('a cancel is repeated until no heartbeat lists the attempt any more', async t => {
	const {server, worker, quiet, clock} = await world(t);
	const node = await server();
	await node.deploy('fib');
	const {runs} = await worker();
	const {task} = await node.submit('fib');
	const [run] = await runs.reach(1);
	node.mishaps.broker = ({properties}) => (properties?.type === 'warren.control' ? 'refused' : undefined);
	must(await node.api.cancel(task));
	await quiet();
	t.false(run?.over);
	node.mishaps.broker = () => undefined;
	clock.advance(1000);
	await quiet();
	t.true(run?.over);
	const orders = of(node, 'warren.control').length;
	clock.advance(1000);
	await quiet();
	t.is(of(node, 'warren.control').length, orders);
});

test('an outcome that comes after a cancel is counted as stale and changes nothing', async t => {
	const {server, worker, quiet} = await world(t);
	const node = await server();
	await node.deploy('fib');
	const hand = await worker();
	const {task} = await node.submit('fib', 1, {replyTo: 'answers'});
	const [run] = await hand.runs.reach(1);
	const cancelled = node.api.cancel(task);
	run?.succeed('too late');
	t.like(must(await cancelled), {cancelled: true});
	await quiet();
	t.like(must(await node.api.inspect(task)), {state: 'cancelled'});
	t.like(await node.api.result(task), {ok: false, failure: {code: 'CANCELLED'}});
	t.is(of(node, 'task.succeeded').length, 0);
	const {values} = await node.ambient.metrics.stale.get();
	t.like(values, [{labels: {type: 'outcome'}, value: 1}]);
});

test('a cancel after the end is told what there is', async t => {
	const {server, worker, quiet} = await world(t);
	const node = await server();
	await node.deploy('fib');
	await worker({act: run => run.succeed(3)});
	const {task} = await node.submit('fib');
	await quiet();
	t.like(must(await node.api.cancel(task)), {was: 'succeeded', state: 'succeeded', cancelled: false});
	t.like(await node.api.cancel('nobody'), {ok: false, failure: {code: 'TASK_NOT_FOUND'}});
});
