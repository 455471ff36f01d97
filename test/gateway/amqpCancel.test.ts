import test from 'ava';
import type {CancelReceipt} from '#contract/task.ts';
import type {Delivery, Properties} from '#transport/transport.ts';
import {usage} from '../runtime/scripted.ts';
import {must} from '../runtime/world.ts';
import {failureOf, type Producer, producer, textOf} from './amqpWorld.ts';

const receiptOf = (delivery: Delivery | undefined) => JSON.parse(textOf(delivery)) as CancelReceipt;

/** A producer whose tasks end when the test says so. */
async function open(t: Parameters<typeof producer>[0]) {
	const all = await producer(t);
	all.hands.crash();
	const hands = await all.worker({id: 'w1', slots: 1});
	const cancel = (key: string, properties: Properties = {}) =>
		all.offer('cancel.fib', '', {
			messageId: key,
			replyTo: 'answers',
			correlationId: `of ${key}`,
			...properties,
		});
	const answerTo = (correlation: string) =>
		all.until(all.answers.find(({properties}) => properties.correlationId === correlation));
	const taskOf = async (key: string) =>
		must(await all.node.api.list({})).find(task => task.key === key)?.id ?? '';
	return {...all, hands, cancel, answerTo, taskOf};
}

/** All have heard of what runs. */
const beat = async ({clock, quiet}: Producer) => {
	await quiet();
	clock.advance(1000);
	await quiet();
};

test('a producer cancels what runs by the key it submitted it with, and gets a receipt', async t => {
	const all = await open(t);
	await all.offer('fib', '1', {messageId: 'k1', replyTo: 'answers', correlationId: 'the task'});
	const [run] = await all.hands.runs.reach(1);
	await beat(all);
	await all.cancel('k1');
	const answer = await all.answerTo('of k1');
	const task = await all.taskOf('k1');
	t.deepEqual(answer.properties, {
		type: 'cancel.receipt',
		contentType: 'application/json',
		correlationId: 'of k1',
		headers: {'x-warren-task': task},
	});
	const {runMs, cpuMs, hostCalls} = usage;
	t.deepEqual(receiptOf(answer), {
		...{task, was: 'running', state: 'cancelled', cancelled: true},
		stop: {worker: 'w1', confirmed: true, ms: 0, runMs, cpuMs, hostCalls},
	});
	t.true(run?.over);
	t.is((await all.answerTo('the task')).properties.type, 'task.cancelled');
	t.deepEqual(all.dead.all, []);
});

test('what is queued, retrying or has ended is cancelled or left as it is, and the receipt says what it was', async t => {
	const all = await open(t);
	await all.node.deploy('fib', {maxAttempts: 2});
	for (const key of ['ended', 'retrying', 'running', 'queued']) await all.offer('fib', '1', {messageId: key});
	(await all.hands.runs.reach(1))[0]?.succeed();
	(await all.hands.runs.reach(2))[1]?.fail('FUNCTION_THREW');
	await all.hands.runs.reach(3);
	await all.quiet();
	const said: Record<string, Partial<CancelReceipt>> = {};
	for (const key of ['ended', 'retrying', 'queued']) {
		await all.cancel(key);
		said[key] = receiptOf(await all.answerTo(`of ${key}`));
	}
	t.like(said.ended, {was: 'succeeded', state: 'succeeded', cancelled: false, stop: null});
	t.like(said.retrying, {was: 'retrying', state: 'cancelled', cancelled: true, stop: null});
	t.like(said.queued, {was: 'queued', state: 'cancelled', cancelled: true, stop: null});
});

test('a second cancel changes nothing, and its receipt says so', async t => {
	const all = await open(t);
	await all.offer('fib', '1', {messageId: 'k1'});
	await all.hands.runs.reach(1);
	await all.cancel('k1', {correlationId: 'first'});
	t.like(receiptOf(await all.answerTo('first')), {cancelled: true});
	await all.cancel('k1', {correlationId: 'second'});
	const second = receiptOf(await all.answerTo('second'));
	t.like(second, {was: 'cancelled', state: 'cancelled', cancelled: false, stop: null});
});

test('an id in the header names the task, whatever the message itself is called', async t => {
	const all = await open(t);
	await all.offer('fib', '1', {messageId: 'k1'});
	await all.hands.runs.reach(1);
	const task = await all.taskOf('k1');
	await all.cancel('some id of the library', {correlationId: 'c', headers: {'x-warren-task': task}});
	t.like(receiptOf(await all.answerTo('c')), {task, cancelled: true});
});

test('a cancel nobody waits for is done in silence', async t => {
	const all = await open(t);
	await all.offer('fib', '1', {messageId: 'k1'});
	await all.hands.runs.reach(1);
	await all.offer('cancel.fib', 'no JSON at all', {
		messageId: 'k1',
		contentType: 'text/plain',
		priority: 200,
	});
	await all.quiet();
	t.like(must(await all.node.api.list({})), [{state: 'cancelled'}]);
	t.deepEqual([all.answers.all, all.dead.all], [[], []]);
});

test('a cancel that comes before its submission is committed finds it all the same', async t => {
	const all = await open(t);
	await all.cancel('k1');
	await all.quiet();
	await all.offer('fib', '1', {messageId: 'k1'});
	t.like(receiptOf(await all.answerTo('of k1')), {state: 'cancelled', cancelled: true});
});

const nobody = '01ARZ3NDEKTSV4RRFFQ69G5FAV';

const refused: [title: string, key: string, Properties, code: string, says: RegExp][] = [
	[
		'of a key that was never used',
		'cancel.fib',
		{messageId: 'k9'},
		'TASK_NOT_FOUND',
		/`fib` has no task with the key `k9`/,
	],
	[
		'of an id that is unknown',
		'cancel.fib',
		{headers: {'x-warren-task': nobody}},
		'TASK_NOT_FOUND',
		/no task 01ARZ/,
	],
	[
		'that names no task',
		'cancel.fib',
		{},
		'INVALID_INPUT',
		/`message_id` as it was submitted, or its id in the header/,
	],
	['with an empty key', 'cancel.fib', {messageId: ''}, 'INVALID_INPUT', /must name its task/],
	[
		'with an id that is none',
		'cancel.fib',
		{headers: {'x-warren-task': 'k1'}},
		'INVALID_INPUT',
		/must be a task id.*got "k1"/,
	],
	[
		'with an id that is no text',
		'cancel.fib',
		{headers: {'x-warren-task': 7}},
		'INVALID_INPUT',
		/`\/task` must be string, got 7/,
	],
	['without a function', 'cancel.', {messageId: 'k1'}, 'INVALID_INPUT', /must be a function name.*got ""/],
	[
		'of what can be no function',
		'cancel.a.b',
		{messageId: 'k1'},
		'INVALID_INPUT',
		/must be a function name.*got "a\.b"/,
	],
];

for (const [title, key, properties, code, says] of refused) {
	test(`a cancel ${title} is parked with its reason, and answered`, async t => {
		const all = await open(t);
		await all.offer(key, '', {...properties, replyTo: 'answers', correlationId: 'c9'});
		const answer = await all.answerTo('c9');
		t.is(answer.properties.type, 'task.rejected');
		t.like(failureOf(answer), {code});
		t.regex(failureOf(answer).message, says);
		const [parked] = await all.dead.reach(1);
		t.like(parked?.properties.headers, {'x-warren-reason': code, 'x-warren-function': key});
	});
}

test("a task of another function is not found, so that a right to one function's keys is no right to another's", async t => {
	const all = await open(t);
	await all.node.deploy('other');
	await all.offer('fib', '1', {messageId: 'k1'});
	const [run] = await all.hands.runs.reach(1);
	const task = await all.taskOf('k1');
	const asked = {replyTo: 'answers', messageId: 'k1'};
	await all.offer('cancel.other', '', {...asked, correlationId: 'by key'});
	await all.offer('cancel.other', '', {...asked, correlationId: 'by id', headers: {'x-warren-task': task}});
	for (const asked of ['by key', 'by id']) {
		t.like(failureOf(await all.answerTo(asked)), {code: 'TASK_NOT_FOUND'});
	}
	t.false(run?.over);
});

test('a cancel with a crafted reply_to is parked, and cancels nothing', async t => {
	const all = await open(t);
	await all.offer('fib', '1', {messageId: 'k1'});
	await all.hands.runs.reach(1);
	await all.cancel('k1', {replyTo: 'warren.intake'});
	await all.dead.reach(1);
	await all.quiet();
	t.like(must(await all.node.api.list({})), [{state: 'queued'}]);
});

test('a cancel is acked only once it is committed and its receipt is sent: the next server does it again', async t => {
	const all = await open(t);
	await all.offer('fib', '1', {messageId: 'k1'});
	await all.hands.runs.reach(1);
	await all.quiet();
	all.node.mishaps.broker = ({properties}) => {
		if (properties?.type === 'cancel.receipt') all.node.crash();
		return undefined;
	};
	await all.cancel('k1');
	await all.quiet();
	t.false(all.node.life.alive);
	t.deepEqual(all.answers.all, []);
	await all.server({door: true, durable: true});
	const receipt = receiptOf(await all.answerTo('of k1'));
	t.like(receipt, {was: 'cancelled', state: 'cancelled', cancelled: false, stop: null});
});

test('while the store refuses, a cancel stays in the intake and is done later', async t => {
	const all = await open(t);
	await all.offer('fib', '1', {messageId: 'k1'});
	await all.hands.runs.reach(1);
	await all.quiet();
	all.node.mishaps.store = verb => (verb === 'loadByKey' ? 'refused' : undefined);
	await all.cancel('k1');
	await all.quiet();
	all.clock.advance(2000);
	await all.quiet();
	t.deepEqual([all.answers.all, all.dead.all], [[], []]);
	all.node.mishaps.store = () => undefined;
	t.like(receiptOf(await all.answerTo('of k1')), {state: 'cancelled', cancelled: true});
});

test('a cancel that expired in the intake is done all the same', async t => {
	const all = await open(t);
	await all.offer('fib', '1', {messageId: 'k1'});
	await all.hands.runs.reach(1);
	await all.node.stop();
	await all.cancel('k1', {expiration: '1000'});
	all.clock.advance(1500);
	await all.server({door: true});
	t.like(receiptOf(await all.answerTo('of k1')), {state: 'cancelled', cancelled: true});
});
