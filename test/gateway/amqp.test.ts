import test from 'ava';
import type {Properties} from '#transport/transport.ts';
import {must} from '../runtime/world.ts';
import {failureOf, producer, textOf} from './amqpWorld.ts';

const json = 'application/json';

test('a producer without an SDK gets its answer over reply_to', async t => {
	const {offer, answers, node} = await producer(t);
	const trace = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
	await offer('fib', '{"n": 1.0}', {
		...{contentType: json, messageId: 'k1', replyTo: 'answers', correlationId: 'c1'},
		headers: {traceparent: trace},
	});
	const [answer] = await answers.reach(1);
	t.is(textOf(answer), '{"n":1}');
	const [task] = must(await node.api.list({}));
	t.like(task, {state: 'succeeded', door: 'amqp', key: 'k1'});
	t.deepEqual(answer?.properties, {
		type: 'task.succeeded',
		contentType: json,
		correlationId: 'c1',
		messageId: `${task?.id}.1`,
		headers: {'x-warren-task': task?.id, 'x-warren-attempt': 1, traceparent: trace},
	});
});

test('what a function returns passes as the bytes it is, and its failure as data', async t => {
	const {offer, answers, node, hands, quiet} = await producer(t);
	await node.deploy('broken', {}, 'export default () => {};');
	await offer('broken', '1', {replyTo: 'answers', correlationId: 'c'});
	await quiet();
	t.is(hands.runs.all.length, 1);
	t.is(textOf((await answers.reach(1))[0]), '1');
});

test('everything about a task may be said in properties and headers, numbers as text too', async t => {
	const {offer, node, quiet, clock, hands} = await producer(t);
	const version = await node.deploy('fib', {wallMs: 5000});
	await node.deploy('fib', {wallMs: 6000});
	const deadline = clock.now() + 90_000;
	const headers = {
		'x-warren-version': version,
		'x-warren-timeout-ms': '1500',
		'x-warren-max-attempts': '4',
		'x-warren-deadline': String(deadline),
	};
	await offer('fib', '1', {expiration: '30000', headers, priority: 0});
	await offer('fib', '1', {headers: {'x-warren-timeout-ms': 900, 'x-warren-deadline': deadline}});
	await quiet();
	const tasks = must(await node.api.list({}));
	const first = tasks.find(task => task.version === version);
	const second = tasks.find(task => task.version !== version);
	t.like(first, {maxAttempts: 4, deadline, expiresAt: clock.now() + 30_000, class: 'normal'});
	t.like(second, {maxAttempts: 1, deadline, expiresAt: null});
	t.deepEqual(
		hands.runs.all.map(({item}) => item.wallMs ?? 0).sort((a, b) => a - b),
		[900, 1500],
	);
});

test('the priority of a message is the class of its task; without one the function says it', async t => {
	const {offer, node, quiet} = await producer(t);
	await node.deploy('slow', {class: 'low'});
	for (let priority = 0; priority <= 9; priority++)
		await offer('fib', String(priority), {priority, messageId: `k${priority}`});
	await offer('fib', '1', {messageId: 'none'});
	await offer('slow', '1', {messageId: 'slow'});
	await offer('slow', '1', {messageId: 'slow 0', priority: 0});
	await offer('slow', '1', {messageId: 'slow 9', priority: 9});
	await quiet();
	const tasks = must(await node.api.list({}));
	const classOf = (key: string) => tasks.find(task => task.key === key)?.class;
	t.deepEqual(
		Array.from({length: 10}, (_, priority) => classOf(`k${priority}`)),
		['normal', 'low', 'low', 'low', 'normal', 'normal', 'normal', 'high', 'high', 'high'],
	);
	t.is(classOf('none'), 'normal');
	t.deepEqual(['slow', 'slow 0', 'slow 9'].map(classOf), ['low', 'low', 'high']);
	t.true(tasks.every(({state}) => state === 'succeeded'));
});

const malformed: [
	title: string,
	key: string,
	body: string | Buffer,
	Properties,
	code: string,
	says: RegExp,
][] = [
	['JSON that is cut off', 'fib', '{"n":', {}, 'INVALID_INPUT', /line 1, column 6/],
	['an empty body', 'fib', '', {}, 'INVALID_INPUT', /JSON/],
	['bytes that are not UTF-8', 'fib', Buffer.from([34, 0xff, 34]), {}, 'INVALID_INPUT', /UTF-8/],
	['another content type', 'fib', '1', {contentType: 'text/xml'}, 'INVALID_INPUT', /text\/xml/],
	['a key that names no function', 'Fib!', '1', {}, 'INVALID_INPUT', /"Fib!"/],
	['an unknown function', 'nobody', '1', {}, 'FUNCTION_NOT_FOUND', /nobody/],
	['an input that is too large', 'fib', `"${'x'.repeat(70_000)}"`, {}, 'PAYLOAD_TOO_LARGE', /70002 bytes/],
	['an unknown version', 'fib', '1', {headers: {'x-warren-version': 'f00'}}, 'FUNCTION_NOT_FOUND', /f00/],
	[
		'a header that is no number',
		'fib',
		'1',
		{headers: {'x-warren-timeout-ms': 'soon'}},
		'INVALID_INPUT',
		/timeoutMs.*"soon"/,
	],
	['a priority above nine', 'fib', '1', {priority: 10}, 'INVALID_INPUT', /`priority` must be 0 to 9, got 10/],
	[
		'a number out of range',
		'fib',
		'1',
		{headers: {'x-warren-max-attempts': 0}},
		'INVALID_INPUT',
		/maxAttempts.*0/,
	],
	[
		'a deadline that no store gives back',
		'echo',
		'1',
		{headers: {'x-warren-deadline': 2 ** 53}},
		'INVALID_INPUT',
		/deadline/,
	],
	[
		'a deadline that is an object',
		'fib',
		'1',
		{headers: {'x-warren-deadline': {a: 1}}},
		'INVALID_INPUT',
		/deadline/,
	],
];

for (const [title, key, body, properties, code, says] of malformed) {
	test(`${title} is parked with its reason, and answered`, async t => {
		const {offer, answers, dead, node} = await producer(t);
		const asked = {...properties, replyTo: 'answers', correlationId: 'c9', timestamp: 1_700_000_000};
		await offer(key, body, asked);
		const [answer] = await answers.reach(1);
		t.like(answer?.properties, {type: 'task.rejected', correlationId: 'c9'});
		t.like(failureOf(answer), {code});
		t.regex(failureOf(answer).message, says);
		const [parked] = await dead.reach(1);
		t.deepEqual(parked?.body, Buffer.from(body));
		t.like(parked?.properties, {correlationId: 'c9', replyTo: 'answers', timestamp: 1_700_000_000});
		t.like(parked?.properties.headers, {
			...properties.headers,
			'x-warren-reason': code,
			'x-warren-message': failureOf(answer).message,
			'x-warren-function': key,
		});
		t.deepEqual(must(await node.api.list({})), []);
	});
}

test('a redrive of what is not there is answered where an answer is wanted', async t => {
	const {offer, answers, dead} = await producer(t);
	await offer('fib', '1', {replyTo: 'answers', headers: {'x-warren-task': 'nowhere'}});
	const [answer] = await answers.reach(1);
	t.is(answer?.properties.type, 'task.rejected');
	t.like(failureOf(answer), {code: 'TASK_NOT_FOUND'});
	t.is((await dead.reach(1)).length, 1);
});

test('a rejection nobody asked for is only parked, and the next message is taken', async t => {
	const {offer, answers, dead, quiet, node} = await producer(t);
	await offer('fib', 'no');
	await offer('fib', '2');
	await dead.reach(1);
	await quiet();
	t.deepEqual(answers.all, []);
	t.is(must(await node.api.list({})).length, 1);
});

test('a parked message keeps no time to live', async t => {
	const {offer, dead, clock} = await producer(t);
	await offer('fib', 'no', {expiration: '1000', messageId: 'm'});
	const [parked] = await dead.reach(1);
	t.is(parked?.properties.expiration, undefined);
	t.is(parked?.properties.messageId, 'm');
	clock.advance(5000);
});

for (const replyTo of [
	'amq.rabbitmq.reply-to',
	'amq.rabbitmq.reply-to.<script>',
	'warren.intake',
	'warren.node.n1',
	'a queue with spaces',
	'line\nbreak',
]) {
	test(`a crafted reply_to (${JSON.stringify(replyTo)}) is parked and never written to`, async t => {
		const {offer, dead, node, quiet} = await producer(t);
		await offer('fib', '1', {replyTo});
		const [parked] = await dead.reach(1);
		t.like(parked?.properties.headers, {'x-warren-reason': 'INVALID_INPUT'});
		await quiet();
		t.deepEqual(
			node.sent.all.filter(({key}) => key === replyTo),
			[],
		);
		t.deepEqual(must(await node.api.list({})), []);
	});
}

test('an answer for a queue that is gone ends there', async t => {
	const {offer, quiet, node, clock} = await producer(t);
	await offer('fib', '1', {replyTo: 'nobody-home'});
	await quiet();
	clock.advance(5000);
	await quiet();
	t.is(node.sent.all.filter(({key}) => key === 'nobody-home').length, 1);
	t.like(must(await node.api.list({}))[0], {state: 'succeeded'});
});
