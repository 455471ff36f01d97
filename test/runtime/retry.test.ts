import test from 'ava';
import {type FailureCode, fail} from '#actors/failure.ts';
import type {Policy} from '#actors/policy.ts';
import {outcome} from './words.ts';
import {must, world} from './world.ts';

const backoff = {baseMs: 1000, factor: 2, maxMs: 5000};

test('a failing attempt is tried again later and later, until its attempts are used up', async t => {
	const {server, worker, quiet, clock} = await world(t);
	const node = await server();
	await node.deploy('fib', {maxAttempts: 5, backoff});
	const {runs} = await worker();
	const {task} = await node.submit('fib', 1, {replyTo: 'answers'});
	// Half of the delay is fixed and half is rolled; the dice of this world always say 0.5.
	for (const [at, waitMs] of [750, 1500, 3000, 3750].entries()) {
		(await runs.reach(at + 1))[at]?.fail('FUNCTION_THREW');
		await quiet();
		const view = must(await node.api.inspect(task));
		t.like(view, {state: 'retrying', attempt: at + 2, charged: at + 1, failure: {code: 'FUNCTION_THREW'}});
		t.is(view.dueAt, clock.now() + waitMs);
		t.regex(view.waitingFor ?? '', new RegExp(`attempt ${at + 2}, due at 20`));
		clock.advance(waitMs - 1);
		await quiet();
		t.is(runs.all.length, at + 1);
		clock.advance(1);
	}
	(await runs.reach(5))[4]?.fail('FUNCTION_THREW');
	await quiet();
	t.like(must(await node.api.inspect(task)), {state: 'dead', attempt: 5, charged: 5, dueAt: null});
	t.deepEqual(
		runs.all.map(({attempt}) => attempt),
		[1, 2, 3, 4, 5],
	);
	t.is(node.sent.all.filter(({properties}) => properties?.type === 'task.dead').length, 2, 'a copy, a reply');
});

test('a task that fails once and then succeeds keeps no failure', async t => {
	const {server, worker, until} = await world(t);
	const node = await server();
	await node.deploy('fib', {maxAttempts: 2});
	const {runs} = await worker();
	const {task} = await node.submit('fib');
	(await runs.reach(1))[0]?.fail('TIMEOUT');
	(await until(runs.reach(2)))[1]?.succeed('done');
	t.like(must(await node.api.await(task, 1000)), {state: 'succeeded', attempt: 2, charged: 1, failure: null});
	t.is(must(await node.api.result(task)).toString(), '"done"');
});

/** What comes of one failure, under the default policy and with more attempts. */
const verdicts: [FailureCode, Partial<Policy>, state: string, charged: number][] = [
	['FUNCTION_THREW', {}, 'dead', 1],
	['TIMEOUT', {maxAttempts: 2}, 'retrying', 1],
	['CPU_LIMIT', {}, 'dead', 1],
	['MEMORY_LIMIT', {maxAttempts: 3}, 'retrying', 1],
	['CRASHED', {}, 'retrying', 1],
	['CRASHED', {infraAttempts: 1}, 'dead', 1],
	['INTERNAL', {}, 'retrying', 0],
	['INTERNAL', {infraAttempts: 1}, 'dead', 0],
	['RESULT_NOT_SERIALIZABLE', {maxAttempts: 9}, 'dead', 1],
	['PAYLOAD_TOO_LARGE', {maxAttempts: 9}, 'dead', 1],
];

for (const [code, policy, state, charged] of verdicts) {
	test(`${code} under ${JSON.stringify(policy)} makes a task ${state}, charged ${charged}`, async t => {
		const {server, worker, quiet} = await world(t);
		const node = await server();
		await node.deploy('fib', policy);
		await worker({act: run => run.fail(code)});
		const {task} = await node.submit('fib');
		await quiet();
		t.like(must(await node.api.inspect(task)), {state, charged, failure: {code}});
	});
}

test('what user code calls permanent is not tried again, whatever the policy', async t => {
	const {server, worker, quiet} = await world(t);
	const node = await server();
	await node.deploy('fib', {maxAttempts: 9});
	await worker({act: run => run.fail(fail('FUNCTION_THREW', 'never', {permanent: true}))});
	const {task} = await node.submit('fib');
	await quiet();
	t.like(must(await node.api.inspect(task)), {state: 'dead', attempt: 1});
});

test('the caller may ask for more attempts than the policy gives', async t => {
	const {server, worker, quiet} = await world(t);
	const node = await server();
	await node.deploy('fib');
	await worker({act: run => run.fail('FUNCTION_THREW')});
	const {task} = await node.submit('fib', 1, {options: {maxAttempts: 2}});
	await quiet();
	t.like(must(await node.api.inspect(task)), {state: 'retrying', maxAttempts: 2});
});

test('failures of Warren itself end a task in time, and are nobody’s charge', async t => {
	const {server, worker, until} = await world(t);
	const node = await server();
	await node.deploy('fib', {infraAttempts: 3});
	const {runs} = await worker({act: run => run.fail('INTERNAL')});
	const {task} = await node.submit('fib');
	t.like(must(await until(node.api.await(task, 60_000))), {state: 'dead', attempt: 3, charged: 0});
	t.is(runs.all.length, 3);
});

test('a retry that comes due while the broker is full waits for its turn', async t => {
	const {server, worker, quiet, clock, until} = await world(t);
	const node = await server({window: 1});
	await node.deploy('fib', {maxAttempts: 2, backoff});
	const {runs} = await worker();
	const {task} = await node.submit('fib', 'first');
	(await runs.reach(1))[0]?.fail('FUNCTION_THREW');
	await quiet();
	await node.submit('fib', 'second');
	clock.advance(750);
	await quiet();
	t.like(must(await node.api.inspect(task)), {state: 'queued', attempt: 2});
	t.like(await node.api.status(), {backlog: 1, inFlight: 1});
	(await runs.reach(2))[1]?.succeed();
	t.like((await until(runs.reach(3)))[2], {task, attempt: 2});
});

test('a success without a word about its run is a failure of ours, not a task that waits for ever', async t => {
	const {server, quiet, line, names} = await world(t);
	const node = await server();
	await node.deploy('fib');
	const {task} = await node.submit('fib');
	await line.publish(outcome(names.node('n1'), {task, attempt: 1}, true));
	await quiet();
	t.like(must(await node.api.inspect(task)), {state: 'retrying', failure: {code: 'INTERNAL'}});
});
