import test from 'ava';
import type {CancelReceipt} from '#contract/task.ts';
import type {Properties} from '#transport/transport.ts';
import {usage} from '../runtime/scripted.ts';
import {must} from '../runtime/world.ts';
import {open, receiptOf} from './amqpCancelWorld.ts';
import {failureOf, type Producer} from './amqpWorld.ts';

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
