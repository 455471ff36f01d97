// Two homes on one store: what one of them has cached, the other may have changed (R1, R4, R5).
import test from 'ava';
import {outcome} from './words.ts';
import {must, type Server, submission, type World, world} from './world.ts';

const backoff = {baseMs: 1000, factor: 1, maxMs: 1000};

/** A task that `a` has placed and cached, and a second home on the same rows. */
async function twoHomes({server, worker}: World) {
	const a = await server({id: 'a'});
	await a.deploy('fib', {maxAttempts: 3, backoff});
	const b = await server({id: 'b'});
	const hand = await worker();
	const {task} = await a.submit('fib');
	const [run] = await hand.runs.reach(1);
	const count = async (name: 'conflicts' | 'stale') => {
		const {values} = await a.ambient.metrics[name].get();
		return values.reduce((sum, {value}) => sum + value, 0);
	};
	const row = async (node: Server) => (await node.store.load([task])).get(task);
	return {a, b, hand, task, run, count, row};
}

test('a change that lost against another home is decided again on what that home left', async t => {
	const all = await world(t);
	const {a, b, task, run, count, row} = await twoHomes(all);
	t.like(must(await b.api.cancel(task)), {cancelled: true});
	run?.succeed(1);
	await all.quiet();
	t.is(await count('conflicts'), 1);
	t.is(await count('stale'), 1);
	t.like(must(await a.api.inspect(task)), {state: 'cancelled'});
	t.like(await row(a), {home: 'b', revision: 2}, 'whoever commits becomes the home');
});

test('one change that is refused does not hold up its neighbours in the batch', async t => {
	const all = await world(t);
	const {a, b, task, run, hand} = await twoHomes(all);
	const other = await a.submit('fib');
	await hand.runs.reach(2);
	must(await b.api.cancel(task));
	run?.succeed(1);
	hand.runs.all[1]?.succeed(2);
	await all.quiet();
	t.like(must(await a.api.inspect(other.task)), {state: 'succeeded', attempt: 1});
	t.like(must(await a.api.inspect(task)), {state: 'cancelled'});
});

test('an outcome of an attempt that the cached row does not know is taken', async t => {
	const all = await world(t);
	const {a, task, hand} = await twoHomes(all);
	await all.line.publish(outcome(all.names.node('b'), {task, attempt: 1, failure: 'TIMEOUT'}));
	await all.quiet();
	all.clock.advance(750);
	t.like((await hand.runs.reach(2))[1], {task, attempt: 2});
	await all.line.publish(outcome(all.names.node('a'), {task, attempt: 2, result: 'two'}));
	await all.quiet();
	t.like(must(await a.api.inspect(task)), {state: 'succeeded', attempt: 2});
	t.is(must(await a.api.result(task)).toString(), '"two"');
});

test('a timer of an attempt that the cached row does not know takes effect', async t => {
	const all = await world(t, {leases: true});
	const {a, b, task, hand} = await twoHomes(all);
	await all.line.publish(outcome(all.names.node('b'), {task, attempt: 1, failure: 'TIMEOUT'}));
	await all.quiet();
	b.crash();
	// Only so that `a` looks at the timers then.
	const deadline = all.clock.now() + 800;
	await a.api.submit([submission('fib', 'other', {options: {deadline}})]);
	all.clock.advance(800);
	await all.quiet();
	t.like(must(await a.api.inspect(task)), {state: 'queued', attempt: 2});
	t.like(await hand.runs.find(run => run.task === task && run.attempt === 2), {attempt: 2});
});

test('a claim is answered from the store, not from the cache', async t => {
	const all = await world(t);
	const {b, task, hand} = await twoHomes(all);
	hand.mishaps.broker = () => undefined;
	must(await b.api.cancel(task));
	hand.crash();
	const next = await all.worker();
	await all.quiet();
	t.is(next.sent.all.filter(({properties}) => properties?.type === 'warren.claim').length, 1);
	t.deepEqual(next.runs.all, []);
	t.is(await all.line.depth(all.names.work('default', 'normal')), 0, 'denied, and acked');
});

test('a cancel of a task that another home has ended says how it ended', async t => {
	const all = await world(t);
	const {a, task} = await twoHomes(all);
	await all.line.publish(outcome(all.names.node('b'), {task, attempt: 1}));
	await all.quiet();
	t.like(must(await a.api.cancel(task)), {was: 'succeeded', state: 'succeeded', cancelled: false});
});

test('of two outcomes for one attempt the first is taken, the second counted as stale', async t => {
	const all = await world(t);
	const {a, task, count, row} = await twoHomes(all);
	const both = ['first', 'second'].map(result => outcome(all.names.node('a'), {task, attempt: 1, result}));
	await Promise.all(both.map(message => all.line.publish(message)));
	await all.quiet();
	t.is(must(await a.api.result(task)).toString(), '"first"');
	t.is(await count('stale'), 1);
	t.like(await row(a), {revision: 2});
});

test('while a task waits for its retry, every outcome of an earlier attempt is stale', async t => {
	const all = await world(t);
	const {a, task, count} = await twoHomes(all);
	const failing = outcome(all.names.node('a'), {task, attempt: 1, failure: 'TIMEOUT'});
	await all.line.publish(failing);
	await all.quiet();
	await all.line.publish(failing);
	await all.line.publish(outcome(all.names.node('a'), {task, attempt: 2}));
	await all.quiet();
	t.like(must(await a.api.inspect(task)), {state: 'retrying', attempt: 2, charged: 1});
	t.is(await count('stale'), 2);
});
