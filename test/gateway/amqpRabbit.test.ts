// The AMQP door of a whole node on RabbitMQ, with a foreign producer's own library.
import {once} from 'node:events';
import type {ConsumeMessage} from 'amqplib';
import test from 'ava';
import type {Warren} from '#warren.ts';
import {direct, door, failureOf, watchDead} from './rabbitDoor.ts';

const code = `export default input => {
	if (input.fails) throw new RangeError('not this one');
	return {twice: input.n * 2};
};`;

const deploy = async ({api}: Warren, text = code) => {
	const deployed = await api.deploy({name: 'twice', language: 'javascript', code: text});
	if (!deployed.ok) throw new Error(deployed.failure.message);
};
test('a producer is answered over direct reply-to, or with why it is not', async t => {
	const all = await door(t);
	await deploy(await all.start());
	await watchDead(all);
	all.offer('twice', '{"n": 21}', {replyTo: direct, correlationId: 'a', messageId: 'm1'});
	all.offer('twice', '{"n": ', {replyTo: direct, correlationId: 'b', expiration: '60000'});
	all.offer('nobody', '1', {replyTo: direct, correlationId: 'c'});
	all.offer('twice', '1', {replyTo: direct, correlationId: 'd', headers: {'x-warren-timeout-ms': 'x'}});
	const answers = await all.answers.reach(4);
	const of = (id: string) => answers.find(({properties}) => properties.correlationId === id);
	t.is(of('a')?.content.toString(), '{"twice":42}');
	t.is(of('a')?.properties.type, 'task.succeeded');
	t.is(failureOf(of('b')).code, 'INVALID_INPUT');
	t.is(failureOf(of('c')).code, 'FUNCTION_NOT_FOUND');
	t.is(failureOf(of('d')).code, 'INVALID_INPUT');
	const letters = await all.dead.reach(3);
	t.deepEqual(
		letters
			.map(({properties}) => `${properties.correlationId} ${properties.headers?.['x-warren-reason']}`)
			.sort(),
		['b INVALID_INPUT', 'c FUNCTION_NOT_FOUND', 'd INVALID_INPUT'],
	);
	t.true(letters.every(({properties}) => properties.expiration === undefined));
});

test('an address that makes the broker close the connection costs nobody else an answer', async t => {
	const all = await door(t);
	await deploy(await all.start());
	const crafted = `${direct}.g1h2AA5yZXBseUA3ODQ4.abc`;
	for (let n = 0; n < 5; n++) {
		all.offer('twice', `{"n": ${n}}`, {replyTo: direct, correlationId: `good ${n}`});
		all.offer('twice', '{"n": 0}', {replyTo: crafted, correlationId: 'bad'});
	}
	await all.answers.reach(5);
	all.offer('twice', '{"n": 21}', {replyTo: direct, correlationId: 'after'});
	const after = await all.answers.find(({properties}) => properties.correlationId === 'after');
	t.is(after.content.toString(), '{"twice":42}');
	const ids = new Set(all.answers.all.map(({properties}) => String(properties.correlationId)));
	t.is(ids.size, 6);
});

test('more messages than the intake has places, with addresses of that kind, hold up neither submissions nor answers', async t => {
	const all = await door(t);
	await deploy(await all.start());
	all.offer('twice', '{"n": 1}', {replyTo: direct, correlationId: 'before'});
	await all.answers.reach(1);
	for (let n = 0; n < 1100; n++) {
		all.offer('twice', '{"n": ', {replyTo: `${direct}.g1h2AA5yZXBseUA3ODQ4.abc${n}`});
	}
	all.offer('twice', '{"n": 21}', {replyTo: direct, correlationId: 'after'});
	const after = await all.answers.find(({properties}) => properties.correlationId === 'after');
	t.is(after.content.toString(), '{"twice":42}');
});

test('of a message that is too large to be sent on, the beginning is parked', async t => {
	const all = await door(t);
	await deploy(await all.start());
	await watchDead(all);
	const bytes = 17 * 1024 * 1024;
	all.offer('twice', `"${'x'.repeat(bytes)}"`, {replyTo: direct, correlationId: 'large'});
	// RabbitMQ 4 refuses it by itself, at its own limit of 16 MiB.
	const refused = once(all.channel, 'error').then(([error]: Error[]) => error?.message ?? '');
	const first = await Promise.race([refused, all.answers.reach(1)]);
	if (typeof first === 'string') return void t.regex(first, /larger than/);
	t.is(failureOf(first[0]).code, 'PAYLOAD_TOO_LARGE');
	const [letter] = await all.dead.reach(1);
	t.is(letter?.properties.headers?.['x-warren-reason'], 'PAYLOAD_TOO_LARGE');
	t.is(letter?.content.length, 64 * 1024);
});

test('what expires in the intake while no server is there is answered by the next one', async t => {
	const all = await door(t);
	const first = await all.start();
	await deploy(first);
	await first.stop();
	all.offer('twice', '{"n": 1}', {replyTo: direct, correlationId: 'late', expiration: '50', messageId: 'm1'});
	const {channel, names: n} = all;
	// It has died once it waits among the refused.
	for (let waiting = 0; waiting === 0; ) waiting = (await channel.checkQueue(n.refused)).messageCount;
	const next = await all.start();
	const [answer] = await all.answers.reach(1);
	t.is(answer?.properties.type, 'task.expired');
	t.is(failureOf(answer).code, 'EXPIRED');
	const tasks = await next.api.list({});
	t.like(tasks, {ok: true, value: [{state: 'expired', key: 'm1', function: 'twice'}]});
});

test('a dead letter that is moved back to warren.tasks lives again', async t => {
	const all = await door(t);
	const node = await all.start();
	await deploy(node);
	await watchDead(all);
	all.offer('twice', '{"n": 4, "fails": true}', {messageId: 'm1'});
	const [letter] = await all.dead.reach(1);
	const headers = letter?.properties.headers ?? {};
	t.like(headers, {
		'x-warren-reason': 'FUNCTION_THREW',
		'x-warren-message': 'not this one',
		'x-warren-attempts': 1,
	});
	await deploy(node, code.replace('input.fails', 'false'));
	const {content, properties} = letter as ConsumeMessage;
	all.channel.publish(all.names.tasks, 'twice', content, properties);
	const task = String(headers['x-warren-task']);
	const ended = new Promise<void>(resolve => {
		node.feed.listen(({id, state}) => id === task && state === 'succeeded' && resolve());
	});
	await Promise.race([ended, once(all.channel, 'error')]);
	t.deepEqual(await node.api.result(task), {ok: true, value: Buffer.from('{"twice":8}')});
	t.like(await node.api.inspect(task), {value: {attempt: 2, charged: 0, state: 'succeeded'}});
});
