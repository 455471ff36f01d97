import test from 'ava';
import {createHub, openTransport} from '#transport/open.ts';
import {testAmbient} from '../harness/ambient.ts';
import {createFakeClock} from '../harness/clock.ts';
import {transportContract} from './transport.ts';
import {declared, inbox, numbers, publishAll, quorum, to, type World} from './world.ts';

function openMemory(ambient = testAmbient()): World {
	const hub = createHub(ambient);
	return {
		ambient,
		name: base => base,
		connect: () => openTransport(ambient, {url: 'memory:', name: 'test', hub}),
		sever: async transport => hub.sever(transport),
		async part(transport) {
			const {promise, resolve} = Promise.withResolvers<void>();
			hub.sever(transport, promise);
			return async () => resolve();
		},
		kill: async transport => hub.kill(transport),
	};
}

transportContract('memory', async () => openMemory());

test('an expired message leaves from behind one that lives longer', async t => {
	const clock = createFakeClock();
	const world = openMemory(testAmbient(clock));
	const transport = await declared(await world.connect(), [
		quorum('dead'),
		quorum('queue', {deadLetterExchange: '', deadLetterKey: 'dead'}),
	]);
	await transport.publish(to('queue', 'long', {expiration: '2000'}));
	await transport.publish(to('queue', 'for ever'));
	await transport.publish(to('queue', 'short', {expiration: '100'}));

	clock.advance(99);
	t.is(await transport.depth('queue'), 3);
	clock.advance(1);
	t.is(await transport.depth('queue'), 2);
	clock.advance(10_000);
	t.is(await transport.depth('queue'), 1);

	const got = inbox('dead');
	await transport.consume('dead', {prefetch: 1}, got.handle);
	await got.reach(2);
	t.deepEqual(got.texts(), ['short', 'long']);
});

test('however many messages expire, there is one timer', async t => {
	const clock = createFakeClock();
	const transport = await declared(await openMemory(testAmbient(clock)).connect(), [quorum('queue')]);

	for (const text of numbers(1000))
		await transport.publish(to('queue', text, {expiration: `${5000 - Number(text)}`}));

	t.is(clock.pending(), 1);
	clock.advance(4500);
	t.is(await transport.depth('queue'), 499);
	clock.advance(500);
	t.is(await transport.depth('queue'), 0);
	t.is(clock.pending(), 0);
});

test('a message in hand does not expire; when it comes back too late it does', async t => {
	const clock = createFakeClock();
	const transport = await declared(await openMemory(testAmbient(clock)).connect(), [
		quorum('dead'),
		quorum('queue', {deadLetterExchange: '', deadLetterKey: 'dead'}),
	]);
	const got = inbox('queue', () => {
		clock.advance(1000);
		return 'retry';
	});
	const dead = inbox('dead');
	await transport.consume('queue', {prefetch: 1}, got.handle);
	await transport.consume('dead', {prefetch: 1}, dead.handle);

	await transport.publish(to('queue', 'x', {expiration: '500'}));

	const [grave] = await dead.reach(1);
	t.is(grave?.death?.reason, 'expired');
	t.is(got.all.length, 1);
});

test('a dead letter that no queue takes is kept until one does', async t => {
	const world = openMemory();
	const transport = await declared(
		await world.connect(),
		[quorum('queue', {deadLetterExchange: 'dlx'})],
		[{name: 'dlx', type: 'fanout'}],
	);
	await transport.consume('queue', {prefetch: 1}, () => 'drop');
	await publishAll(transport, 'queue', ['1', '2']);
	await transport.depth('queue');

	await declared(transport, [quorum('dead', {bindings: [{exchange: 'dlx', key: ''}]})]);
	const got = inbox('dead');
	await transport.consume('dead', {prefetch: 1}, got.handle);

	await got.reach(2);
	t.deepEqual(got.texts(), ['1', '2']);
	t.true(world.ambient.lines.some(({msg}) => msg.includes('no queue takes this dead letter')));
});

test('two handlers that talk without end leave the event loop its turns', async t => {
	const transport = await declared(await openMemory().connect(), [quorum('ping'), quorum('pong')]);
	let exchanged = 0;
	const answer = (queue: string) => () => {
		exchanged += 1;
		void transport.publish(to(queue, ''));
		return 'ack' as const;
	};
	await transport.consume('ping', {prefetch: 1}, answer('pong'));
	await transport.consume('pong', {prefetch: 1}, answer('ping'));
	await transport.publish(to('ping', ''));

	for (const _ of numbers(10)) await new Promise(setImmediate);

	t.true(exchanged > 10, `${exchanged}`);
	await transport.stop();
});

test('memory transports say that they are not durable, and hubs share nothing', async t => {
	const [one, two] = [await openMemory().connect(), await openMemory().connect()];
	await declared(one, [quorum('queue')]);

	t.false(one.durable);
	t.is(await two.depth('queue'), undefined);
});

test('a URL of another kind is refused by name', async t => {
	const opened = openTransport(testAmbient(), {url: 'redis://host', name: 'test'});

	await t.throwsAsync(opened, {
		instanceOf: TypeError,
		message: /memory:, amqp:\/\/ or amqps:\/\/.*redis:\/\/host/,
	});
});
