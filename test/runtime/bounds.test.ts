// How much of a function may be queued, by its policy.
import test from 'ava';
import type {Answer} from '#api/api.ts';
import type {Receipt} from '#contract/task.ts';
import {failureOf, producer} from '../gateway/amqpWorld.ts';
import {pair} from './pair.ts';
import {pass} from './pass.ts';
import {must, type Server, submission, world} from './world.ts';

const bound = {maxQueued: 3};
const said = (answers: readonly Answer<Receipt>[]) =>
	answers.map(answer => (answer.ok ? 'taken' : answer.failure.code));

test('over its bound a function takes no more, whatever others have queued, until something ends', async t => {
	const {server, worker, until, quiet} = await world(t);
	const node = await server({window: 2});
	await node.deploy('mail', bound);
	await node.deploy('fib');
	for (let n = 0; n < 5; n++) await node.submit('fib');
	const many = (count: number) => node.api.submit(Array.from({length: count}, () => submission('mail')));
	t.deepEqual(said(await many(5)), ['taken', 'taken', 'taken', 'REJECTED', 'REJECTED']);
	const [refused] = await many(1);
	t.like(refused, {ok: false, failure: {retryable: true}});
	t.is(
		refused?.ok === false && refused.failure.message,
		'3 tasks of `mail` are queued, and its policy allows no more; ' +
			'try again when some have ended, or deploy it with a larger `--max-queued`',
	);

	const hand = await worker({act: run => run.build.function === 'fib' && run.succeed()});
	const mine = await until(hand.runs.find(run => run.build.function === 'mail'));
	t.deepEqual(said(await many(1)), ['REJECTED'], 'what runs counts too');
	mine.succeed();
	await quiet();
	t.deepEqual(said(await many(2)), ['taken', 'REJECTED']);
});

test('what is known by its key is answered, full or not', async t => {
	const {server} = await world(t);
	const node = await server();
	await node.deploy('mail', {maxQueued: 1});
	const key = {options: {key: 'k'}};
	const first = await node.submit('mail', 1, key);
	t.like(await node.submit('mail', 1, key), {task: first.task, existing: true});
	t.deepEqual(said(await node.api.submit([submission('mail', 1)])), ['REJECTED']);
});

test('what is cancelled, and what waits for a retry, makes room; a restart counts anew', async t => {
	const {server, worker, until, loseBroker, quiet} = await world(t);
	const old = await server({window: 1});
	await old.deploy('mail', {
		...bound,
		maxAttempts: 2,
		backoff: {baseMs: 3_600_000, factor: 1, maxMs: 3_600_000},
	});
	const tasks = [await old.submit('mail'), await old.submit('mail'), await old.submit('mail')];
	must(await old.api.cancel(tasks[2]?.task ?? ''));
	await old.submit('mail');
	old.crash();
	loseBroker();
	const node = await server({window: 1});
	t.deepEqual(said(await node.api.submit([submission('mail')])), ['REJECTED']);
	const hand = await worker({slots: 1});
	(await until(hand.runs.reach(1)))[0]?.fail('FUNCTION_THREW');
	await quiet();
	t.deepEqual(said(await node.api.submit([submission('mail'), submission('mail')])), ['taken', 'REJECTED']);
});

test('a producer over AMQP is told, and its message is parked with the reason', async t => {
	const {offer, answers, dead, node} = await producer(t);
	// No worker is there to end the first one.
	await node.deploy('mail', {maxQueued: 1, pool: 'away'});
	await node.submit('mail');
	await offer('mail', '1', {replyTo: 'answers', correlationId: 'c'});
	const [answer] = await answers.reach(1);
	t.is(answer?.properties.type, 'task.rejected');
	t.like(failureOf(answer), {code: 'REJECTED', retryable: true});
	t.like((await dead.reach(1))[0]?.properties.headers, {'x-warren-reason': 'REJECTED'});
});

test('each of two servers takes as many as it last saw room for, and none once it has counted again', async t => {
	const all = await world(t, {shared: true});
	const nodes = await pair(all);
	await nodes[0].deploy('mail', bound);
	await all.quiet();
	const many = async ({api}: Server) =>
		said(await api.submit(Array.from({length: 4}, () => submission('mail'))));
	for (const node of nodes) t.deepEqual(await many(node), ['taken', 'taken', 'taken', 'REJECTED']);
	await pass(all, 3);
	for (const node of nodes) t.deepEqual(await many(node), Array(4).fill('REJECTED'));
});
