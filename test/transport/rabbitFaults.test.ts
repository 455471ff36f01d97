import {type Channel, connect} from 'amqplib';
import test from 'ava';
import {openTransport} from '#transport/open.ts';
import {type Queue, TransportDown} from '#transport/transport.ts';
import {arrivals} from '../harness/arrivals.ts';
import {openRabbitWorld} from './rabbitWorld.ts';
import {declared, hands, inbox, numbers, publishAll, publishUntilHeard, quorum, to} from './world.ts';

test('a crafted reply address harms neither the work lane nor the replies after it', async t => {
	const world = await openRabbitWorld(t);
	const [queue, answers] = [world.name('work'), world.name('answers')];
	const transport = await declared(await world.connect(), [quorum(queue), quorum(answers)]);
	const states = arrivals<string>('states');
	transport.watch(state => states.push(state));
	const junk = Buffer.from('this is no process of the broker').toString('base64');
	const crafted = to(`amq.rabbitmq.reply-to.${junk}.abc`, 'x');

	const work = numbers(200).map(text => transport.publish(to(queue, text)));
	// RabbitMQ 3.10 closes the connection (541); later ones call it unroutable.
	const answer = await transport.publish(crafted, {lane: 'replies'}).catch((error: unknown) => error);
	const more = numbers(200).map(text => transport.publish(to(queue, text)));

	t.true(answer === 'unroutable' || answer instanceof TransportDown, String(answer));
	t.deepEqual(new Set(await Promise.all([...work, ...more])), new Set(['taken']));
	t.is(await transport.publish(to(answers, 'y'), {lane: 'replies'}), 'taken');
	t.deepEqual(states.all, []);
});

test('a reply to somebody who has gone is unroutable', async t => {
	const world = await openRabbitWorld(t);
	const transport = await world.connect();

	const published = await transport.publish(to(world.name('gone'), 'x'), {lane: 'replies'});

	t.is(published, 'unroutable');
});

test('at most `window` publishes are open at once; the rest waits its turn', async t => {
	const world = await openRabbitWorld(t);
	const queue = world.name('window');
	const transport = await declared(await world.connect({window: 4}), [quorum(queue)]);
	const observer = await world.connect();
	const proxy = world.proxyOf(transport);
	await transport.publish(to(queue, 'first'));

	// Nothing the broker says arrives, but what we send does: four are sent, none is confirmed.
	proxy.deafen();
	const published = numbers(20).map(text => transport.publish(to(queue, text)));
	while ((await observer.depth(queue)) !== 5);
	proxy.thaw();

	t.deepEqual(new Set(await Promise.all(published)), new Set(['taken']));
	t.is(await observer.depth(queue), 21);
});

test('a publish whose confirm was lost with the connection is in doubt, and is not sent again', async t => {
	const world = await openRabbitWorld(t);
	const queue = world.name('doubt');
	const transport = await declared(await world.connect({window: 4}), [quorum(queue)]);
	const observer = await world.connect();
	await transport.publish(to(queue, 'first'));
	const proxy = world.proxyOf(transport);

	proxy.deafen();
	const published = numbers(6).map(text =>
		transport.publish(to(queue, text)).catch((error: unknown) => error),
	);
	while ((await observer.depth(queue)) !== 5);
	proxy.thaw();
	proxy.cut();

	// Four were open: in doubt, though the broker has them. Two had not been sent: they wait and go later.
	const results = await Promise.all(published);
	t.true(results.slice(0, 4).every(result => result instanceof TransportDown));
	t.deepEqual(results.slice(4), ['taken', 'taken']);
	t.is(await observer.depth(queue), 7);
});

test('an exchange deleted behind our back closes a channel: what was open on it is in doubt, what comes later works', async t => {
	const world = await openRabbitWorld(t);
	const exchange = {name: world.name('events'), type: 'topic' as const};
	const queue = world.name('queue');
	const transport = await declared(await world.connect(), [quorum(queue)], [exchange]);
	await deleteBehind(world.url, channel => channel.deleteExchange(exchange.name));
	const publish = (confirm: boolean) =>
		transport.publish({exchange: exchange.name, key: 'any', body: Buffer.alloc(0)}, {confirm});

	t.is(await publish(false), 'taken');
	await t.throwsAsync(publish(true), {instanceOf: TransportDown, message: /may or may not have been taken/});

	t.is(await transport.publish(to(queue, 'x')), 'taken');
	t.is(await transport.publish(to(queue, 'y'), {confirm: false}), 'taken');
	const complaints = world.ambient.lines.filter(({msg}) => msg === 'the broker closed a publishing channel');
	t.true(complaints.length >= 1 && JSON.stringify(complaints).includes(exchange.name));
});

/** What an administrator does while we are connected. */
async function deleteBehind(url: string, act: (channel: Channel) => Promise<unknown>): Promise<void> {
	const model = await connect(url, {noDelay: true});
	await act(await model.createChannel());
	await model.close();
}

test('a half-open connection is noticed by its heartbeats and replaced, its exclusive queue too', async t => {
	const world = await openRabbitWorld(t);
	const proxied = await world.connect();
	const through = world.proxyOf(proxied);
	const transport = await openTransport(world.ambient, {
		url: `${through.through(world.url)}?heartbeat=1`,
		name: world.name('half-open'),
	});
	t.teardown(() => transport.stop());
	const ear: Queue = {name: world.name('ear'), type: 'classic', exclusive: true};
	await declared(transport, [ear, quorum(world.name('queue'))]);
	const got = inbox(ear.name);
	await transport.consume(ear.name, {prefetch: 1}, got.handle);
	const states = arrivals<string>('states');
	transport.watch((state, why) => states.push(`${state} ${why ?? ''}`));

	through.freeze();
	await states.find(state => state.startsWith('up'));

	t.regex(states.all[0] ?? '', /down .*[Hh]eartbeat/);
	// The broker may miss our heartbeats later. The new connection is as impatient, and this process may stand still.
	await publishUntilHeard(transport, ear.name, got);
	t.is(got.texts()[0], 'x');
});

test('a consumer whose channel the broker closes consumes again', async t => {
	const world = await openRabbitWorld(t);
	const [queue, other] = [world.name('queue'), world.name('other')];
	const transport = await declared(await world.connect(), [quorum(queue), quorum(other)]);
	const got = hands(queue);
	await transport.consume(queue, {prefetch: 1}, got.handle);
	const untouched = inbox(other);
	await transport.consume(other, {prefetch: 1}, untouched.handle);
	await publishAll(transport, queue, ['1']);
	await got.reach(1);

	// Deleted under it and made anew by somebody else: the broker cancels the consumer.
	await deleteBehind(world.url, channel => channel.deleteQueue(queue));
	got.settle('ack');
	while ((await transport.publish(to(queue, '2'))) !== 'taken');

	await got.reach(2);
	t.is(got.texts()[1], '2');
	got.settle('ack');
	await publishAll(transport, other, ['3']);
	await untouched.reach(1);
});

test('what was deleted while the connection was lost is declared again; what was made otherwise is used as it is', async t => {
	const world = await openRabbitWorld(t);
	const exchange = {name: world.name('events'), type: 'topic' as const};
	const lost = quorum(world.name('lost'), {bindings: [{exchange: exchange.name, key: '#'}]});
	const other = quorum(world.name('other'), {maxLength: 10});
	const parked = quorum(world.name('parked'));
	const transport = await declared(await world.connect(), [lost, other, parked], [exchange]);
	const [got, gotOther] = [inbox(lost.name), inbox(other.name)];
	await transport.consume(lost.name, {prefetch: 1}, got.handle);
	await transport.consume(other.name, {prefetch: 1}, gotOther.handle);
	const states = arrivals<string>('states');
	transport.watch(state => states.push(state));

	world.proxyOf(transport).refuse();
	await states.find(state => state === 'down');
	const administrator = await world.connect();
	for (const {name} of [lost, other, parked]) await administrator.remove(name);
	await declared(administrator, [quorum(other.name, {maxLength: 20})]);
	world.proxyOf(transport).admit();
	await states.find(state => state === 'up');

	t.is(await transport.publish({exchange: exchange.name, key: 'any', body: Buffer.from('x')}), 'taken');
	t.is(await transport.publish(to(other.name, 'y')), 'taken');
	await Promise.all([got.reach(1), gotOther.reach(1)]);
	t.is(await administrator.depth(parked.name), 0);
	const complaint = world.ambient.lines.find(
		({level, msg}) => level === 50 && msg.includes('has another shape now'),
	);
	t.regex(JSON.stringify(complaint), /maxLength is 20, expected 10/);
});

test('a header that fits into no frame is refused, and harms nobody', async t => {
	const world = await openRabbitWorld(t);
	const queue = world.name('queue');
	const transport = await declared(await world.connect(), [quorum(queue)]);
	const others = numbers(20).map(text => transport.publish(to(queue, text)));

	await t.throwsAsync(transport.publish(to(queue, 'x', {headers: {huge: 'x'.repeat(100_000)}})), {
		instanceOf: RangeError,
	});

	t.deepEqual(new Set(await Promise.all(others)), new Set(['taken']));
	t.is(await transport.publish(to(queue, 'y')), 'taken');
});

test('a queue without a delivery limit is told so explicitly, and dead letters are never dropped', async t => {
	const world = await openRabbitWorld(t);
	const queue = world.name('queue');
	await declared(await world.connect(), [quorum(queue, {deadLetterExchange: ''})]);
	const model = await connect(world.url);
	t.teardown(() => model.close());
	const channel = await model.createChannel();
	channel.on('error', () => {});

	const wrong = channel.assertQueue(queue, {
		arguments: {
			'x-queue-type': 'quorum',
			'x-dead-letter-exchange': '',
			'x-dead-letter-strategy': 'at-least-once',
			'x-overflow': 'reject-publish',
			'x-delivery-limit': 7,
		},
	});

	await t.throwsAsync(wrong, {message: /x-delivery-limit.*received '7' but current is '1000000000'/});
});

test('a consumer whose connection is lost while it asks to consume is let in on the next', async t => {
	const world = await openRabbitWorld(t);
	const queue = world.name('work');
	const transport = await declared(await world.connect(), [quorum(queue)]);
	const got = inbox(queue);
	const consuming = transport.consume(queue, {prefetch: 10}, got.handle);
	world.proxyOf(transport).cut();
	const consumer = await consuming;
	await publishAll(transport, queue, ['here']);
	await got.reach(1);
	t.deepEqual(got.texts(), ['here']);
	await consumer.cancel();
});
