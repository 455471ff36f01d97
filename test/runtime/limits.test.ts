// How many attempts of a function run at the same time, by its policy (`concurrency`): of one node.
import test from 'ava';
import {must, submission, type World, world} from './world.ts';

const two = {concurrency: 2};
const many = (fn: string, count: number) => Array.from({length: count}, (_, n) => submission(fn, n));

/** A node and a worker with more slots than the limit allows. */
async function ready(t: Parameters<typeof world>[0], size = 2000) {
	const all: World = await world(t);
	const node = await all.server({window: size});
	await node.deploy('mail', two);
	await node.deploy('fib');
	const hand = await all.worker({slots: 16});
	const of = (fn: string) => hand.runs.all.filter(run => run.build.function === fn && !run.over);
	return {...all, node, hand, of};
}

test('no more run than may; as one ends the oldest of the others begins, without a wait', async t => {
	const {node, of, quiet, clock} = await ready(t);
	await node.api.submit(many('mail', 5));
	await quiet();
	const before = clock.now();
	const order: unknown[] = [];
	for (let n = 0; n < 5; n++) {
		t.is(of('mail').length, Math.min(2, 5 - n));
		const [run] = of('mail');
		order.push(run?.input);
		run?.succeed();
		await quiet();
	}
	t.deepEqual(order, [0, 1, 2, 3, 4]);
	t.is(clock.now(), before);
});

test('what waits for its function stands in nobody’s way, however much it is', async t => {
	const {node, of, quiet} = await ready(t, 8);
	await node.api.submit(many('mail', 100));
	await node.api.submit(many('fib', 3));
	await quiet();
	t.deepEqual([of('mail').length, of('fib').length], [2, 3]);
	const {backlog, inFlight} = await node.api.status();
	t.deepEqual([backlog, inFlight], [98, 5]);
	await node.api.submit(many('fib', 20));
	for (let left = 23; left > 0; left--) {
		of('fib')[0]?.succeed();
		await quiet();
	}
	t.like(await node.api.status(), {backlog: 98, inFlight: 2});
});

test('a task that waits for its function says so', async t => {
	const {node, of, quiet} = await ready(t);
	await node.api.submit(many('mail', 2));
	const {task} = await node.submit('mail');
	const next = await node.submit('mail');
	await quiet();
	t.like(must(await node.api.why(task)), {
		reason: 'limit',
		text: 'one of 2 running attempts of mail to end',
		behind: 2,
	});
	t.like(must(await node.api.why(next.task)), {reason: 'limit', behind: 3});
	of('mail')[0]?.succeed();
	await quiet();
	t.like(must(await node.api.why(task)), {reason: 'slot'});
});

test('another limit is in force as soon as it is deployed; what runs goes on', async t => {
	const {node, of, quiet} = await ready(t);
	await node.api.submit(many('mail', 20));
	await quiet();
	await node.deploy('mail', {concurrency: 5});
	await quiet();
	t.is(of('mail').length, 5);
	await node.deploy('mail', {concurrency: 1});
	for (let left = 4; left > 0; left--) {
		of('mail')[0]?.succeed();
		await quiet();
		t.is(of('mail').length, Math.max(1, left));
	}
	of('mail')[0]?.succeed();
	await quiet();
	t.is(of('mail').length, 1);
	const {window} = node.home;
	await node.deploy('mail');
	await quiet();
	t.deepEqual([window.placed, window.backlog], [15, 0]);
	await node.deploy('mail', two);
	await node.submit('mail');
	await quiet();
	t.deepEqual([window.placed, window.backlog], [15, 1]);
});

test('what waits for a retry takes no place, and neither does what is cancelled', async t => {
	const {node, of, quiet, clock} = await ready(t);
	const backoff = {baseMs: 60_000, factor: 1, maxMs: 60_000};
	await node.deploy('mail', {...two, maxAttempts: 2, backoff});
	const [, second] = await node.api.submit(many('mail', 6));
	await quiet();
	of('mail')[0]?.fail('FUNCTION_THREW');
	await quiet();
	t.deepEqual(
		of('mail').map(({input}) => input),
		[1, 2],
	);
	if (second?.ok) must(await node.api.cancel(second.value.task));
	await quiet();
	t.deepEqual(
		of('mail').map(({input}) => input),
		[2, 3],
	);
	clock.advance(60_000);
	await quiet();
	t.is(of('mail').length, 2, 'the retry waits like all others');
});

test('a paused function keeps its limit when it goes on, and so does a restart', async t => {
	const {node, of, quiet, server, loseBroker, worker, until} = await ready(t);
	await node.api.submit(many('mail', 6));
	await quiet();
	must(await node.api.pause('mail'));
	for (const run of of('mail')) run.succeed();
	await quiet();
	t.is(of('mail').length, 0);
	must(await node.api.resume('mail'));
	await quiet();
	t.is(node.home.window.placed, 2);
	node.crash();
	loseBroker();
	const next = await server();
	let most = 0;
	const hand = await worker({
		act: run => {
			most = Math.max(most, next.home.window.placed);
			run.succeed();
		},
	});
	await until(hand.runs.reach(4));
	t.is(most, 2);
});

test('of a function that waits in several classes each gets its turn, the urgent ones more', async t => {
	const {node, of, quiet} = await ready(t);
	const low = {options: {class: 'low'}} as const;
	await node.api.submit(many('mail', 60).map(one => ({...one, ...low})));
	await node.api.submit(many('mail', 60).map(one => ({...one, options: {class: 'high'} as const})));
	await quiet();
	const begun = {high: 0, low: 0};
	for (let n = 0; n < 50; n++) {
		const [run] = of('mail');
		const {class: priority} = must(await node.api.inspect(run?.task ?? ''));
		begun[priority as keyof typeof begun]++;
		run?.succeed();
		await quiet();
	}
	t.true(begun.low >= 2 && begun.low <= 8, JSON.stringify(begun));
});

test('the metrics tell the limit, and how much of it is used', async t => {
	const {node, quiet} = await ready(t);
	await node.api.submit(many('mail', 3));
	await quiet();
	const metrics = await node.ambient.metrics.registry.metrics();
	t.regex(metrics, /warren_function_limit\{function="mail"\} 2/);
	t.regex(metrics, /warren_function_limit_used\{function="mail"\} 2/);
	t.notRegex(metrics, /limit\{function="fib"\}/);
});
