// What a home does beside the tasks: it forgets, answers workers, and reads what nobody should have sent.
import test from 'ava';
import {encodeFrame} from '#lib/frame.ts';
import type {Delivery} from '#transport/transport.ts';
import {outcome} from './words.ts';
import {must, submission, world} from './world.ts';

const minute = 60_000;

test('a task is forgotten some time after its end, and its key with it', async t => {
	const {server, worker, quiet, clock, rows} = await world(t);
	const node = await server({retentionMs: 10 * minute});
	await node.deploy('fib');
	const hand = await worker({act: run => void (run.input === 'open' || run.succeed())});
	await node.submit('fib', 'over', {options: {key: 'k'}});
	await quiet();
	// Its commit says that the first owes nothing any more.
	await node.submit('fib', 'open');
	await quiet();
	hand.crash();
	for (let n = 0; n < 9; n++) {
		clock.advance(minute);
		await quiet();
	}
	t.is((await rows()).length, 2);
	clock.advance(2 * minute);
	await quiet();
	t.deepEqual(
		(await rows()).map(({state}) => state),
		['queued'],
	);
	t.like((await node.api.submit([submission('fib', 'other', {options: {key: 'k'}})]))[0], {
		value: {existing: false},
	});
});

test('a task whose answer could not be sent yet is not forgotten', async t => {
	const {server, worker, quiet, clock, rows} = await world(t);
	const node = await server({retentionMs: minute});
	await node.deploy('fib');
	const hand = await worker({act: run => run.succeed()});
	node.mishaps.broker = ({key}) => (key === 'answers' ? 'refused' : undefined);
	await node.submit('fib', 1, {replyTo: 'answers'});
	await quiet();
	hand.crash();
	for (let n = 0; n < 5; n++) {
		clock.advance(minute);
		await quiet();
	}
	t.is((await rows()).length, 1);
	node.mishaps.broker = () => undefined;
	clock.advance(500);
	await quiet();
	await node.submit('fib', 2);
	clock.advance(minute);
	await quiet();
	t.deepEqual(
		(await rows()).map(({state}) => state),
		['queued'],
	);
});

test('code of any size travels to a worker in parts', async t => {
	const {server, worker} = await world(t);
	const node = await server();
	const code = `export default () => '${'x'.repeat(2.5 * 1024 * 1024)}';`;
	await node.deploy('large', {}, code);
	const {runs} = await worker();
	await node.submit('large');
	const [run] = await runs.reach(1);
	t.is(run?.build.code.toString(), code);
	const parts = node.sent.all.filter(
		({key, body}) => key.startsWith('worker.') && body.includes('"type":"code"'),
	);
	t.is(parts.length, 3);
	t.true(parts.every(({body}) => body.length < 1.1 * 1024 * 1024));
});

test('what can not be read on our own queues stops nothing, and is parked with the reason', async t => {
	const {server, worker, line, names, quiet} = await world(t);
	const parked: Delivery[] = [];
	const look = (delivery: Delivery): 'ack' => {
		parked.push(delivery);
		return 'ack';
	};
	const node = await server();
	await node.deploy('fib');
	await worker({act: run => run.succeed()});
	const frames = [Buffer.from(''), Buffer.from('not a frame'), encodeFrame({worker: 'w', items: []}, [])];
	for (const queue of [names.node('n1'), names.outcomes, names.functions, names.returned]) {
		for (const body of frames) {
			for (const type of ['warren.outcomes', 'warren.claim', 'something']) {
				await line.publish({exchange: '', key: queue, body, properties: {type}});
			}
		}
		await quiet();
		t.is(await line.depth(queue), 0, queue);
	}
	await line.consume(names.dead, {prefetch: 100}, look);
	await quiet();
	t.is(parked.length, 3 * 3 * 4);
	for (const {properties, body} of parked) {
		t.true(frames.some(frame => frame.equals(body)));
		t.is(properties.headers?.['x-warren-reason'], 'INVALID_INPUT');
		t.regex(String(properties.headers?.['x-warren-message']), /expected|must|JSON|frame/iu);
	}
	await line.publish({exchange: names.control, key: 'heartbeat.x', body: Buffer.from('{"worker":7}')});
	const {task} = await node.submit('fib');
	await quiet();
	t.like(must(await node.api.inspect(task)), {state: 'succeeded'});
	t.deepEqual(node.api.workers().length, 1);
});

test('an outcome of a task that nobody knows is acked', async t => {
	const {server, line, names, quiet} = await world(t);
	await server();
	await line.publish(outcome(names.node('n1'), {task: 'forgotten', attempt: 1}));
	await line.publish(outcome(names.outcomes, {task: 'forgotten', attempt: 1}));
	await quiet();
	t.is(await line.depth(names.node('n1')), 0);
	t.is(await line.depth(names.outcomes), 0);
});
