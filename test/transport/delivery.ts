import test from 'ava';
import type {Delivery, Properties} from '#transport/transport.ts';
import {arrivals} from '../harness/arrivals.ts';
import {
	declared,
	hands,
	inbox,
	numbers,
	type OpenWorld,
	publishAll,
	quorum,
	stuck,
	textOf,
	to,
} from './world.ts';

/** Laws of what arrives, where and in which order. */
export function deliveryContract(name: string, openWorld: OpenWorld): void {
	test(`${name}: messages of one queue arrive in the order they were sent`, async t => {
		const world = await openWorld(t);
		const queue = world.name('order');
		const transport = await declared(await world.connect(), [quorum(queue)]);
		const got = inbox(queue);
		await transport.consume(queue, {prefetch: 50}, got.handle);

		const published = await Promise.all(numbers(1000).map(text => transport.publish(to(queue, text))));

		await got.reach(1000);
		t.deepEqual(new Set(published), new Set(['taken']));
		t.deepEqual(got.texts(), numbers(1000));
	});

	test(`${name}: body, properties and headers arrive as they were sent, and nothing else`, async t => {
		const world = await openWorld(t);
		const queue = world.name('properties');
		const transport = await declared(await world.connect(), [quorum(queue)]);
		const got = inbox(queue);
		await transport.consume(queue, {prefetch: 1}, got.handle);
		const properties: Properties = {
			type: 'task',
			contentType: 'application/json',
			messageId: 'm1',
			correlationId: 'c1',
			replyTo: 'somebody',
			expiration: '60000',
			priority: 3,
			timestamp: 1_700_000_000,
			appId: 'tests',
			headers: {'x-warren-attempt': 2, traceparent: '00-ab', deep: {list: [1, 'two', true]}},
		};
		const body = Buffer.from([0, 255, 10, 13, 128]);

		await transport.publish({exchange: '', key: queue, body, properties});
		await transport.publish(to(queue, ''));

		const [full, bare] = await got.reach(2);
		t.deepEqual(full?.body, body);
		t.deepEqual(full?.properties, properties);
		t.deepEqual(
			{...full, body: null, properties: null},
			{
				queue,
				exchange: '',
				key: queue,
				body: null,
				properties: null,
				redelivered: false,
			},
		);
		t.is(bare?.body.length, 0);
		t.deepEqual(bare?.properties, {});
	});

	test(`${name}: a topic exchange matches words, a direct one the key, a fanout everything`, async t => {
		const world = await openWorld(t);
		const [topic, direct, fanout] = [world.name('topic'), world.name('direct'), world.name('fanout')];
		const queue = world.name('routes');
		const bindings = [
			{exchange: topic, key: 'task.*.done'},
			{exchange: topic, key: 'worker.#'},
			{exchange: topic, key: '#.end'},
			{exchange: topic, key: 'exact'},
			{exchange: direct, key: 'a.*'},
			{exchange: fanout, key: 'ignored'},
		];
		const transport = await declared(
			await world.connect(),
			[quorum(queue, {bindings})],
			[
				{name: topic, type: 'topic'},
				{name: direct, type: 'direct'},
				{name: fanout, type: 'fanout'},
			],
		);
		const routed = async (exchange: string, key: string) =>
			[key, await transport.publish({exchange, key, body: Buffer.alloc(0)})].join(' ');

		const topics = ['task.a.done', 'task.a.b.done', 'worker', 'worker.a.b', 'end', 'a.b.end', 'exact', 'x'];
		t.deepEqual(await Promise.all(topics.map(key => routed(topic, key))), [
			'task.a.done taken',
			'task.a.b.done unroutable',
			'worker taken',
			'worker.a.b taken',
			'end taken',
			'a.b.end taken',
			'exact taken',
			'x unroutable',
		]);
		t.is(await routed(direct, 'a.*'), 'a.* taken');
		t.is(await routed(direct, 'a.b'), 'a.b unroutable');
		t.is(await routed(fanout, 'anything'), 'anything taken');
		t.is(await transport.depth(queue), 8);
	});

	test(`${name}: a message for two queues reaches both, for two bindings of one queue once`, async t => {
		const world = await openWorld(t);
		const exchange = world.name('both');
		const [one, two] = [world.name('one'), world.name('two')];
		const transport = await declared(
			await world.connect(),
			[
				quorum(one, {
					bindings: [
						{exchange, key: 'a'},
						{exchange, key: '#'},
					],
				}),
				quorum(two, {bindings: [{exchange, key: 'a'}]}),
			],
			[{name: exchange, type: 'topic'}],
		);

		await transport.publish({exchange, key: 'a', body: Buffer.from('x')});

		t.is(await transport.depth(one), 1);
		t.is(await transport.depth(two), 1);
	});

	test(`${name}: a consumer holds at most prefetch messages without a verdict`, async t => {
		const world = await openWorld(t);
		const queue = world.name('prefetch');
		const transport = await declared(await world.connect(), [quorum(queue)]);
		await publishAll(transport, queue, numbers(10));
		const got = hands(queue);
		await transport.consume(queue, {prefetch: 3}, got.handle);

		await got.reach(3);
		t.is(await transport.depth(queue), 7);
		t.deepEqual(got.texts(), ['1', '2', '3']);
		got.settle('ack');
		await got.reach(4);
		t.is(await transport.depth(queue), 6);
		t.deepEqual(got.texts(), ['1', '2', '3', '4']);
		for (const _ of numbers(3)) got.settle('ack');
		await got.reach(7);
		for (const _ of numbers(3)) got.settle('ack');
		await got.reach(10);
		for (const _ of numbers(3)) got.settle('ack');
	});

	test(`${name}: what a lost consumer held comes again, marked, in its order and before the rest`, async t => {
		const world = await openWorld(t);
		const queue = world.name('lost');
		const [first, second] = [await declared(await world.connect(), [quorum(queue)]), await world.connect()];
		await publishAll(first, queue, numbers(8));
		const lost = stuck(t, queue);
		await first.consume(queue, {prefetch: 5}, lost.handle);
		await lost.reach(5);

		await world.kill(first);
		while ((await second.depth(queue)) !== 8);
		const got = inbox(queue);
		await second.consume(queue, {prefetch: 1}, got.handle);

		await got.reach(8);
		t.deepEqual(got.texts(), numbers(8));
		t.deepEqual(
			got.all.map(({redelivered}) => redelivered),
			[true, true, true, true, true, false, false, false],
		);
	});

	test(`${name}: consumers of one queue share its messages`, async t => {
		const world = await openWorld(t);
		const queue = world.name('shared');
		const [one, two] = [await declared(await world.connect(), [quorum(queue)]), await world.connect()];
		const all = arrivals<Delivery>('messages of both');
		const holding = hands(queue);
		await one.consume(queue, {prefetch: 1}, holding.handle);
		await two.consume(queue, {prefetch: 1}, delivery => {
			all.push(delivery);
			return 'ack';
		});

		await publishAll(one, queue, numbers(10));

		await all.reach(9);
		await holding.reach(1);
		t.deepEqual([...all.all, ...holding.all].map(textOf).sort(), numbers(10).sort());
		holding.settle('ack');
	});

	test(`${name}: a request is answered in the queue that it names`, async t => {
		const world = await openWorld(t);
		const [asked, answered] = [world.name('questions'), world.name('answers')];
		const server = await declared(await world.connect(), [quorum(asked)]);
		const client = await world.connect();
		await client.declare({exchanges: [], queues: [{name: answered, type: 'classic', exclusive: true}]});
		await server.consume(asked, {prefetch: 10}, async ({body, properties}) => {
			const {replyTo = '', correlationId = ''} = properties;
			const answer = to(replyTo, `${body.toString()} answered`, {correlationId});
			const published = await server.publish(answer, {lane: 'replies'});
			return published === 'taken' ? 'ack' : 'drop';
		});
		const got = inbox(answered);
		await client.consume(answered, {prefetch: 10}, got.handle);

		const ask = (id: string) => client.publish(to(asked, id, {replyTo: answered, correlationId: id}));
		await Promise.all(numbers(20).map(ask));

		await got.reach(20);
		t.deepEqual(
			got.all.map(({body, properties}) => `${properties.correlationId}: ${body.toString()}`),
			numbers(20).map(id => `${id}: ${id} answered`),
		);
	});
}
