// What a paused function's tasks do meanwhile, and how they go on.
import test from 'ava';
import type {Delivery} from '#transport/transport.ts';
import {arrivals} from '../harness/arrivals.ts';
import type {Run} from './scripted.ts';
import {must, type Server, submission, world} from './world.ts';

const once = {infraAttempts: 1, maxAttempts: 1};
const breaker = {crashes: 1, windowMs: 10_000};

const states = async ({api}: Server, fn: string) =>
	must(await api.list({function: fn})).map(({state}) => state);

/** A node whose function `bad` was stopped by its breaker, with `waiting` tasks or a few less in the store. */
async function tripped(t: Parameters<typeof world>[0], waiting: number) {
	const here = await world(t);
	const node = await here.server({breaker, window: 4, events: true});
	const version = await node.deploy('bad', once);
	await node.deploy('good', once);
	for (let n = 0; n < 4 + waiting; n++) await node.submit('bad', n);
	let crashed = false;
	const act = (run: Run) => {
		if (crashed) return run.succeed();
		crashed = true;
		run.fail('CRASHED');
	};
	const {runs} = await here.worker({slots: 1, act});
	await here.quiet();
	const ran = runs.all.length;
	/** What went inside since the pause. */
	const since = () => runs.all.slice(ran);
	return {...here, node, version, runs, since, left: 4 + waiting - ran};
}

test('a paused function takes nothing, places nothing and says why; others go on', async t => {
	const {node, until, quiet, since, left} = await tripped(t, 1000);
	t.like(must(await node.api.function('bad')), {state: 'paused'});
	const [refusal] = await node.api.submit([submission('bad')]);
	t.like(refusal, {ok: false, failure: {code: 'FUNCTION_PAUSED', retryable: true}});
	const says = refusal?.ok ? '' : (refusal?.failure.message ?? '');
	t.regex(
		says,
		/^Function `bad` is paused by its breaker since .* \(1 executors died of version .*\); deploy a version/,
	);
	t.regex(says, /resume it with `warren functions resume bad`$/);
	const [waits] = must(await node.api.list({function: 'bad', state: 'queued', limit: 1}));
	t.is(waits?.waitingFor, says);
	const receipts = await node.api.submit(Array.from({length: 50}, (_, n) => submission('good', n)));
	const last = must(
		receipts.at(-1) ?? {ok: false, failure: {code: 'INTERNAL', message: '', retryable: true}},
	);
	t.is(must(await until(node.api.await(last.task, 60_000))).state, 'succeeded');
	await quiet();
	t.true(left > 900);
	t.true(since().every(({build}) => build.function === 'good'));
	t.is(since().length, 50);
	t.like(await node.api.status(), {backlog: left, inFlight: 0, ledger: {waiting: left}});
});

test('with nothing but a paused function’s tasks waiting, the store is left alone', async t => {
	const {node, clock, quiet} = await tripped(t, 3);
	await quiet();
	const reads = () => node.life.steps.filter(step => step === 'before store.backlog').length;
	const before = reads();
	for (let n = 0; n < 20; n++) {
		clock.advance(500);
		await quiet();
	}
	t.is(reads(), before);
});

test('resumed, it takes what is new, and what waits goes on at once and in its order', async t => {
	const {node, quiet, since, left} = await tripped(t, 10);
	t.like(must(await node.api.resume('bad')), {state: 'active', pause: null});
	await quiet();
	t.deepEqual(
		since().map(({input}) => input),
		Array.from({length: left}, (_, n) => 14 - left + n),
	);
	t.is((await node.submit('bad')).existing, false);
	t.like(must(await node.api.resume('bad')), {state: 'active'}, 'twice is harmless');
});

test('another version makes it active, and what waits for the one that crashed runs it', async t => {
	const {node, version, quiet, since, left} = await tripped(t, 10);
	t.is(await node.deploy('bad', once), version);
	t.like(
		must(await node.api.function('bad')),
		{state: 'paused', pause: {by: 'breaker'}},
		'the same is no remedy',
	);
	const remedy = await node.deploy('bad', once, 'export default () => 2;');
	t.like(must(await node.api.function('bad')), {state: 'active', pause: null, version: remedy});
	await quiet();
	t.deepEqual(
		since().map(({build}) => build.digest),
		Array.from({length: left}, () => remedy),
	);
	t.true((await states(node, 'bad')).slice(0, left).every(state => state === 'succeeded'));
	const [pinned] = await node.api.submit([submission('bad', 1, {options: {version}})]);
	t.like(pinned, {ok: false, failure: {code: 'FUNCTION_PAUSED'}});
});

test('an operator’s pause outlives a deployment, and a breaker’s that he takes over does too', async t => {
	const {node, until} = await tripped(t, 1);
	t.like(must(await node.api.pause('good', {why: 'repairs'})), {pause: {by: 'operator', why: 'repairs'}});
	t.like(must(await node.api.pause('good', {why: 'again'})), {pause: {why: 'repairs'}}, 'twice is harmless');
	must(await node.api.pause('bad'));
	for (const name of ['good', 'bad']) {
		await node.deploy(name, once, 'export default () => 3;');
		t.like(must(await node.api.function(name)), {state: 'paused', pause: {by: 'operator'}});
		must(await until(node.api.resume(name)));
	}
	t.like(await node.api.pause('nobody'), {ok: false, failure: {code: 'FUNCTION_NOT_FOUND'}});
	t.like(await node.api.resume('nobody'), {ok: false, failure: {code: 'FUNCTION_NOT_FOUND'}});
});

test('a restart keeps the pause, and what waits runs once it is ended', async t => {
	const {node: old, server, worker, until, quiet, loseBroker, left} = await tripped(t, 20);
	old.crash();
	loseBroker();
	const node = await server({breaker, window: 4});
	const {runs} = await worker({act: run => run.succeed()});
	await quiet();
	t.like(must(await node.api.function('bad')), {state: 'paused', pause: {by: 'breaker'}});
	t.deepEqual(runs.all, []);
	t.like(await node.api.status(), {backlog: left, inFlight: 0});
	must(await node.api.resume('bad'));
	t.is((await until(runs.reach(left))).length, left);
});

test('while it is paused its tasks come due, expire, reach their deadline and may be cancelled', async t => {
	const {server, worker, until, clock, quiet} = await world(t);
	const node = await server({window: 1});
	await node.deploy('fib', {maxAttempts: 3});
	const {runs} = await worker();
	const failing = await node.submit('fib');
	const waits = await Promise.all(
		[{expiresInMs: 20_000}, {deadline: clock.now() + 20_000}, {}].map(options =>
			node.submit('fib', 1, {options}),
		),
	);
	const [run] = await until(runs.reach(1));
	must(await node.api.pause('fib'));
	run?.fail('FUNCTION_THREW');
	await quiet();
	t.like(must(await node.api.inspect(failing.task)), {state: 'retrying', attempt: 2});
	clock.advance(10_000);
	await quiet();
	t.like(must(await node.api.inspect(failing.task)), {state: 'queued', attempt: 2});
	t.regex(must(await node.api.inspect(failing.task)).waitingFor ?? '', /paused by an operator/);
	clock.advance(10_000);
	await quiet();
	t.deepEqual(await states(node, 'fib'), ['queued', 'expired', 'expired', 'queued']);
	t.like(must(await node.api.cancel(waits[2]?.task ?? '')), {cancelled: true, was: 'queued'});
	must(await node.api.resume('fib'));
	(await until(runs.reach(2)))[1]?.succeed();
	t.like(must(await until(node.api.await(failing.task, 1000))), {state: 'succeeded', attempt: 2});
});

test('who is bound to the events hears of a pause and of its end', async t => {
	const {server, line, names, quiet} = await world(t);
	const node = await server({events: true});
	const keys = arrivals<string>('the events');
	const eye = {name: 'eye', type: 'classic', exclusive: true} as const;
	await line.declare({
		exchanges: [],
		queues: [{...eye, bindings: [{exchange: names.events, key: 'function.#'}]}],
	});
	await line.consume('eye', {prefetch: 100}, ({key}: Delivery) => {
		keys.push(key);
		return 'ack';
	});
	await node.deploy('fib');
	must(await node.api.pause('fib'));
	must(await node.api.resume('fib'));
	await quiet();
	t.deepEqual(keys.all, ['function.fib.active', 'function.fib.paused', 'function.fib.active']);
});
