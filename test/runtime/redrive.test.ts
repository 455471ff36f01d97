import test from 'ava';
import type {Delivery} from '#transport/transport.ts';
import {arrivals} from '../harness/arrivals.ts';
import {must, type Server, type World, world} from './world.ts';

const of = ({sent}: Server, type: string) => sent.all.filter(({properties}) => properties?.type === type);

/** A task that died once. */
async function aDeadTask({server, worker, quiet}: World) {
	const node = await server();
	const version = await node.deploy('fib', {maxAttempts: 2, backoff: {baseMs: 0, factor: 1, maxMs: 0}});
	const hand = await worker();
	const {task} = await node.submit('fib', {n: 1}, {replyTo: 'answers', options: {key: 'k'}});
	(await hand.runs.reach(1))[0]?.fail('TIMEOUT');
	await quiet();
	return {node, hand, task, version};
}

test('a dead task is copied to the dead letters once, with its input and its reason', async t => {
	const all = await world(t);
	const node = await all.server();
	await node.deploy('fib');
	await all.worker({act: run => run.fail('FUNCTION_THREW')});
	const letters = arrivals<Delivery>('the dead letters');
	await all.line.consume(all.names.dead, {prefetch: 10}, letter => {
		letters.push(letter);
		return 'ack';
	});
	const {task} = await node.submit('fib', {n: 1}, {options: {key: 'k'}, correlationId: 'c'});
	const [letter] = await letters.reach(1);
	t.is(letter?.body.toString(), '{"n":1}');
	t.deepEqual(letter?.properties, {
		type: 'task.dead',
		contentType: 'application/json',
		messageId: 'k',
		correlationId: 'c',
		headers: {
			'x-warren-task': task,
			'x-warren-function': 'fib',
			'x-warren-reason': 'FUNCTION_THREW',
			'x-warren-message': 'The function threw',
			'x-warren-attempts': 1,
		},
	});
	await all.quiet();
	t.is(letters.all.length, 1);
	t.like(must(await node.api.deadLetters({})), [{id: task, state: 'dead'}]);
});

test('a redrive is a new life of the same task: a later attempt, nothing charged, the live version', async t => {
	const all = await world(t);
	const {node, hand, task, version} = await aDeadTask(all);
	all.clock.advance(1);
	(await hand.runs.reach(2))[1]?.fail('TIMEOUT');
	await all.quiet();
	t.like(must(await node.api.inspect(task)), {state: 'dead', attempt: 2, charged: 2});
	const mended = await node.deploy('fib', {maxAttempts: 4}, 'export default () => 2;');
	const redriven = must(await node.api.redrive(task));
	t.like(redriven, {id: task, state: 'queued', attempt: 3, charged: 0, version: mended, maxAttempts: 4});
	const [, , run] = await hand.runs.reach(3);
	t.like(run, {task, attempt: 3, input: {n: 1}, build: {digest: mended}});
	t.not(mended, version);
	run?.succeed('mended');
	await all.quiet();
	t.like(must(await node.api.inspect(task)), {state: 'succeeded', failure: null});
	t.is(must(await node.api.result(task)).toString(), '"mended"');
	t.is(of(node, 'task.succeeded').length, 0, 'no second reply unless asked for');
	t.like(await node.api.redrive(task), {ok: false, failure: {code: 'CONFLICT'}});
});

test('a redrive may keep the version, and may reply', async t => {
	const all = await world(t);
	const {node, hand, task, version} = await aDeadTask(all);
	all.clock.advance(1);
	(await hand.runs.reach(2))[1]?.fail('TIMEOUT');
	await all.quiet();
	await node.deploy('fib', {}, 'export default () => 2;');
	must(await node.api.redrive(task, {sameVersion: true, reply: true}));
	const [, , run] = await hand.runs.reach(3);
	t.is(run?.build.digest, version);
	run?.succeed(1);
	await all.quiet();
	t.is(of(node, 'task.succeeded').length, 1);
});

test('a task that dies again is a dead letter again', async t => {
	const all = await world(t);
	const node = await all.server();
	await node.deploy('fib');
	await all.worker({act: run => run.fail('FUNCTION_THREW')});
	const {task} = await node.submit('fib', 1, {replyTo: 'answers'});
	await all.quiet();
	must(await node.api.redrive(task));
	await all.quiet();
	t.like(must(await node.api.inspect(task)), {state: 'dead', attempt: 2, charged: 1});
	const copies = of(node, 'task.dead').filter(({key}) => key === all.names.dead);
	t.deepEqual(
		copies.map(({properties}) => properties?.headers?.['x-warren-attempts']),
		[1, 2],
	);
	t.is(of(node, 'task.dead').length - copies.length, 1, 'one reply');
});

test('an outcome of an earlier life is stale', async t => {
	const all = await world(t);
	const {node, hand, task} = await aDeadTask(all);
	all.clock.advance(1);
	(await hand.runs.reach(2))[1]?.fail('TIMEOUT');
	await all.quiet();
	const outcome = hand.sent.all.filter(({properties}) => properties?.type === 'warren.outcomes').at(-1);
	must(await node.api.redrive(task));
	await hand.runs.reach(3);
	if (outcome) await all.line.publish(outcome);
	await all.quiet();
	t.like(must(await node.api.inspect(task)), {state: 'queued', attempt: 3, charged: 0});
});

test('a task can be redriven after its function was removed and deployed anew', async t => {
	const all = await world(t);
	const node = await all.server();
	await node.deploy('fib');
	const hand = await all.worker();
	const {task} = await node.submit('fib');
	(await hand.runs.reach(1))[0]?.fail('FUNCTION_THREW');
	await all.quiet();
	t.deepEqual(must(await node.api.remove('fib')), {name: 'fib', cancelled: 0});
	const fresh = await node.deploy('fib', {}, 'export default () => 7;');
	must(await node.api.redrive(task));
	t.like((await hand.runs.reach(2))[1], {attempt: 2, build: {digest: fresh}});
});

test('a function with open tasks is only removed with them', async t => {
	const all = await world(t);
	const node = await all.server();
	await node.deploy('fib');
	const {task} = await node.submit('fib');
	t.like(await node.api.remove('fib'), {ok: false, failure: {code: 'CONFLICT'}});
	t.deepEqual(must(await node.api.remove('fib', {cancel: true})), {name: 'fib', cancelled: 1});
	t.like(must(await node.api.inspect(task)), {state: 'cancelled'});
	t.like(
		(await node.api.submit([{function: 'fib', input: Buffer.from('1'), door: 'api', asynchronous: true}]))[0],
		{
			ok: false,
			failure: {code: 'FUNCTION_NOT_FOUND'},
		},
	);
});
