// A server that gives its attempts to the worker in its own process.
import test from 'ava';
import {messageTypes} from '#contract/work.ts';
import {must, type Server, submission, world} from './world.ts';

const messages = ({sent}: Server) =>
	sent.all.flatMap(({properties}) => {
		const {type} = properties ?? {};
		return type === messageTypes.work || type === messageTypes.outcomes || type === messageTypes.claim
			? [type]
			: [];
	});
const handsOf = ({hands}: Server) => {
	if (!hands) throw new Error('Expected a server with hands');
	return hands;
};

test('a task is run with no message for it between, and its worker names it while it runs', async t => {
	const {server, until, quiet, clock} = await world(t);
	const node = await server({hands: {}});
	await node.deploy('fib');
	const {runs} = handsOf(node);
	const {task} = await node.submit('fib', {n: 7});
	const [run] = await runs.reach(1);
	t.like(run, {task, attempt: 1, input: {n: 7}});
	clock.advance(1000);
	await quiet();
	t.like(must(await node.api.inspect(task)), {state: 'running'});
	run?.succeed(13);
	t.like(must(await until(node.api.await(task, 60_000))), {state: 'succeeded', attempt: 1, charged: 0});
	t.is(must(await node.api.result(task)).toString(), '13');
	t.deepEqual(messages(node), []);
	t.like(await node.api.status(), {inFlight: 0, ledger: {succeeded: 1}});
});

test('what is submitted before the worker has started runs when it has', async t => {
	const {server, quiet} = await world(t);
	const node = await server({hands: {act: run => run.succeed()}, started: false});
	await node.home.start();
	await node.deploy('fib');
	await node.submit('fib');
	await quiet();
	t.is(handsOf(node).runs.all.length, 0);
	await handsOf(node).worker.start();
	await quiet();
	t.like(await node.api.status(), {inFlight: 0, ledger: {succeeded: 1}});
});

test('what waits for a slot is put into one list when it comes free, oldest first', async t => {
	const {server, quiet, until} = await world(t);
	const node = await server({hands: {slots: 1}});
	await node.deploy('fib');
	const {runs, executors} = handsOf(node);
	const first = await node.submit('fib', 'first');
	(await runs.reach(1))[0]?.succeed();
	must(await until(node.api.await(first.task, 1000)));
	await node.submit('fib', 'second');
	await runs.reach(2);
	for (const n of [1, 2, 3]) await node.submit('fib', n);
	await quiet();
	t.is(executors.free, 0);
	const lists = executors.lists.length;
	runs.all[1]?.succeed();
	for (const at of [2, 3, 4]) (await runs.reach(at + 1))[at]?.succeed();
	await quiet();
	t.is(executors.lists.length, lists + 1);
	t.deepEqual(executors.lists.at(-1), [1, 2, 3]);
	t.like(await node.api.status(), {inFlight: 0, ledger: {succeeded: 5}});
});

test('of several functions that wait none is kept out by the backlog of another', async t => {
	const {server, until} = await world(t);
	const node = await server({hands: {slots: 1, act: run => setImmediate(() => run.succeed())}});
	for (const name of ['many', 'one']) await node.deploy(name);
	const {runs} = handsOf(node);
	await node.api.submit(Array.from({length: 30}, (_, n) => submission('many', n)));
	await node.submit('one', 'late');
	await until(runs.reach(31));
	const at = runs.all.findIndex(({input}) => input === 'late');
	// One list of ten is taken at once, as each takes 1 ms.
	t.true(at <= 11, `it was the ${at}th to run`);
});

test('what its worker has not started when it drains goes to the pool, where another takes it', async t => {
	const {server, worker, until, quiet} = await world(t);
	const node = await server({hands: {slots: 1}});
	await node.deploy('fib');
	const {runs, worker: own} = handsOf(node);
	await node.submit('fib', 'runs');
	await node.submit('fib', 'waits');
	const [run] = await runs.reach(1);
	const drained = own.drain();
	await quiet();
	const other = await worker({act: one => one.succeed()});
	await until(other.runs.reach(1));
	t.is(other.runs.all[0]?.input, 'waits');
	run?.succeed();
	await until(drained);
	await node.submit('fib', 'later');
	await until(other.runs.reach(2));
	await quiet();
	t.like(await node.api.status(), {inFlight: 0, ledger: {accepted: 3, succeeded: 3}});
	t.is(runs.all.length, 1);
});

test('a cancelled attempt is stopped where it runs, and never begins where it waits', async t => {
	const {server, quiet} = await world(t);
	const node = await server({hands: {slots: 1}});
	await node.deploy('fib');
	const {runs} = handsOf(node);
	const running = await node.submit('fib', 'runs');
	const waiting = await node.submit('fib', 'waits');
	await runs.reach(1);
	for (const {task} of [waiting, running]) must(await node.api.cancel(task));
	await quiet();
	t.true(runs.all[0]?.over);
	t.is(runs.all.length, 1);
	t.like(await node.api.status(), {inFlight: 0, ledger: {cancelled: 2}});
});

test('an outcome that the store can not take now is taken later', async t => {
	const {server, until, quiet, clock} = await world(t);
	const node = await server({hands: {}});
	await node.deploy('fib');
	const {task} = await node.submit('fib', 1, {replyTo: 'answers'});
	const [run] = await handsOf(node).runs.reach(1);
	node.mishaps.store = verb => (verb === 'commit' ? 'refused' : undefined);
	run?.succeed(1);
	for (let i = 0; i < 20; i++) {
		await quiet();
		clock.advance(200);
	}
	t.is((await node.store.load([task])).get(task)?.state, 'queued');
	node.mishaps.store = () => undefined;
	t.like(must(await until(node.api.await(task, 10_000))), {state: 'succeeded', attempt: 1});
});

test('what may have run before is claimed, and runs alone the second time', async t => {
	const {server, loseBroker, quiet} = await world(t);
	const first = await server({hands: {}});
	await first.deploy('fib');
	const {task} = await first.submit('fib');
	const look = async (node: Server) => (await node.store.load([task])).get(task);
	t.like(await look(first), {grants: 0});
	for (const grants of [1, 2]) {
		loseBroker();
		const node = await server({hands: {slots: 4}});
		await handsOf(node).runs.reach(1);
		await quiet();
		t.like(await look(node), {grants, losses: 0, soloCopies: {length: grants - 1}});
		if (grants < 2) continue;
		// It runs alone: the next one waits for it.
		await node.submit('fib', 'next');
		await quiet();
		t.is(handsOf(node).runs.all.length, 1);
		handsOf(node).runs.all[0]?.succeed();
		await handsOf(node).runs.reach(2);
		t.like(must(await node.api.inspect(task)), {state: 'succeeded', attempt: 1});
	}
});

test('a task that takes down the node it runs in ends, and the node lives', async t => {
	const {server, loseBroker, until, quiet} = await world(t);
	const first = await server({hands: {}});
	await first.deploy('fib');
	const {task} = await first.submit('fib');
	for (let node = first, lives = 1; ; node = await server({hands: {}}), lives++) {
		t.true(lives < 10, 'it takes down one life after the other');
		const ended = node.api.await(task, 3_600_000).then(() => true);
		const began = handsOf(node).runs.reach(1);
		if (await until(Promise.race([began.then(() => false), ended]))) {
			t.is(lives, 6, 'one unasked, one with the first grant, three alone');
			t.like(must(await node.api.inspect(task)), {
				state: 'dead',
				failure: {code: 'DELIVERY_LIMIT'},
				charged: 0,
			});
			return;
		}
		await quiet();
		loseBroker();
	}
});

test('a process that stood still does not run a second copy of what its worker has', async t => {
	const {server, quiet, clock} = await world(t);
	const node = await server({hands: {slots: 1}, auditMs: 1000});
	await node.deploy('fib');
	const {runs} = handsOf(node);
	await node.submit('fib', 'runs');
	await node.submit('fib', 'waits');
	await runs.reach(1);
	clock.advance(60_000);
	await quiet();
	for (let i = 0; i < 80; i++) {
		clock.advance(250);
		await quiet();
	}
	t.is(runs.all.length, 1);
	const audit = must(await node.api.audit());
	t.deepEqual([audit.breaks, audit.healed], [[], {}]);
	runs.all[0]?.succeed();
	(await runs.reach(2))[1]?.succeed();
	await quiet();
	t.like(await node.api.status(), {inFlight: 0, ledger: {succeeded: 2}});
});
