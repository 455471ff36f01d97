import test from 'ava';
import {type Queue, TopologyError} from '#transport/transport.ts';
import {declared, hands, inbox, type OpenWorld, publishAll, quorum, to} from './world.ts';

/** Laws of queues and exchanges. */
export function declaringContract(name: string, openWorld: OpenWorld): void {
	test(`${name}: asking twice for the same topology is harmless and loses nothing`, async t => {
		const world = await openWorld(t);
		const exchange = {name: world.name('exchange'), type: 'topic' as const};
		const queue = quorum(world.name('queue'), {
			bindings: [{exchange: exchange.name, key: 'a.#'}],
			deadLetterExchange: exchange.name,
			deadLetterKey: 'dead',
			deliveryLimit: 5,
			maxBytes: 1_000_000,
			maxLength: 100,
			messageTtlMs: 60_000,
			singleActiveConsumer: true,
		});
		const transport = await declared(await world.connect(), [queue], [exchange]);
		await transport.publish(to(queue.name, 'x'));

		await declared(transport, [queue], [exchange]);
		await declared(await world.connect(), [queue], [exchange]);

		t.is(await transport.depth(queue.name), 1);
	});

	const shapes: readonly [field: string, Partial<Queue>, Partial<Queue>][] = [
		['deliveryLimit', {deliveryLimit: 5}, {deliveryLimit: 6}],
		['maxLength', {}, {maxLength: 10}],
		['maxBytes', {maxBytes: 10}, {}],
		['messageTtlMs', {messageTtlMs: 600_000}, {messageTtlMs: 900_000}],
		[
			'deadLetterKey',
			{deadLetterExchange: 'x', deadLetterKey: 'a'},
			{deadLetterExchange: 'x', deadLetterKey: 'b'},
		],
		['type', {type: 'quorum'}, {type: 'classic'}],
	];
	for (const [field, is, expected] of shapes) {
		test(`${name}: a queue with another ${field} is a TopologyError that says so`, async t => {
			const world = await openWorld(t);
			const queue = world.name('queue');
			const transport = await declared(await world.connect(), [quorum(queue, is)]);
			await transport.publish(to(queue, 'x'));

			const error = await t.throwsAsync(declared(transport, [quorum(queue, expected)]), {
				instanceOf: TopologyError,
			});

			t.true(error.message.includes(`\`${queue}\``), error.message);
			t.true(error.message.includes(field), error.message);
			t.is(await transport.publish(to(queue, 'y')), 'taken');
			t.is(await transport.depth(queue), 2);
		});
	}

	test(`${name}: an exchange of another type is a TopologyError that says so`, async t => {
		const world = await openWorld(t);
		const exchange = world.name('exchange');
		const transport = await declared(await world.connect(), [], [{name: exchange, type: 'topic'}]);

		const error = await t.throwsAsync(declared(transport, [], [{name: exchange, type: 'fanout'}]), {
			instanceOf: TopologyError,
		});

		t.true(error.message.includes(`\`${exchange}\``) && error.message.includes('type'), error.message);
	});

	test(`${name}: what no broker would make is refused before it is asked`, async t => {
		const world = await openWorld(t);
		const transport = await world.connect();
		const queue = world.name('queue');
		const bad: readonly [RegExp, Queue][] = [
			[/exclusive queue must be `classic`/, quorum(queue, {exclusive: true})],
			[/`deliveryLimit` needs a `quorum` queue/, {name: queue, type: 'classic', deliveryLimit: 3}],
			[/`deadLetterKey` needs a `deadLetterExchange`/, quorum(queue, {deadLetterKey: 'x'})],
			[/belong to the broker/, quorum('amq.mine')],
			[/needs a name/, quorum('')],
			[/does not exist/, quorum(queue, {bindings: [{exchange: world.name('nowhere'), key: 'a'}]})],
		];

		for (const [message, shape] of bad) {
			await t.throwsAsync(declared(transport, [shape]), {instanceOf: TopologyError, message});
		}
	});

	test(`${name}: consuming a queue that does not exist is a TopologyError`, async t => {
		const world = await openWorld(t);
		const transport = await world.connect();
		const queue = world.name('nowhere');

		const error = await t.throwsAsync(
			transport.consume(queue, {prefetch: 1}, () => 'ack'),
			{instanceOf: TopologyError},
		);

		t.true(error.message.includes(queue), error.message);
		t.is(await transport.depth(queue), undefined);
	});

	test(`${name}: a prefetch that is no positive number is refused`, async t => {
		const world = await openWorld(t);
		const queue = world.name('queue');
		const transport = await declared(await world.connect(), [quorum(queue)]);

		for (const prefetch of [0, -1, 1.5, 70_000, Number.NaN]) {
			await t.throwsAsync(
				transport.consume(queue, {prefetch}, () => 'ack'),
				{instanceOf: TypeError, message: /prefetch/},
			);
		}
	});

	test(`${name}: an exclusive queue is for its connection alone and dies with it`, async t => {
		const world = await openWorld(t);
		const mine: Queue = {name: world.name('mine'), type: 'classic', exclusive: true};
		const [owner, other] = [await declared(await world.connect(), [mine]), await world.connect()];
		await other.publish(to(mine.name, 'x'));

		await t.throwsAsync(declared(other, [mine]), {instanceOf: TopologyError, message: /another connection/});
		await t.throwsAsync(
			other.consume(mine.name, {prefetch: 1}, () => 'ack'),
			{instanceOf: TopologyError, message: /another connection/},
		);
		t.is(await owner.depth(mine.name), 1);

		await owner.stop();
		t.is(await other.depth(mine.name), undefined);
		t.is(await other.publish(to(mine.name, 'x')), 'unroutable');
	});

	test(`${name}: a removed queue is gone with all in it, and removing it again is harmless`, async t => {
		const world = await openWorld(t);
		const queue = world.name('queue');
		const transport = await declared(await world.connect(), [quorum(queue)]);
		await publishAll(transport, queue, ['1', '2']);

		await transport.remove(queue);
		await transport.remove(queue);

		t.is(await transport.depth(queue), undefined);
		t.is(await transport.publish(to(queue, 'x')), 'unroutable');
	});

	test(`${name}: a queue deleted under its consumer is declared and consumed again`, async t => {
		const world = await openWorld(t);
		const queue = world.name('queue');
		const transport = await declared(await world.connect(), [quorum(queue)]);
		const got = inbox(queue);
		await transport.consume(queue, {prefetch: 1}, got.handle);

		await (await world.connect()).remove(queue);

		// Unroutable until the consumer has put its queue back.
		while ((await transport.publish(to(queue, 'x'))) !== 'taken');
		await got.reach(1);
		t.deepEqual(got.texts(), ['x']);
	});

	test(`${name}: of a single active consumer the others get nothing until it goes, then all in order`, async t => {
		const world = await openWorld(t);
		const queue = world.name('single');
		const [one, two] = [
			await declared(await world.connect(), [quorum(queue, {singleActiveConsumer: true})]),
			await world.connect(),
		];
		const [active, standby] = [hands(queue), inbox(queue)];
		await one.consume(queue, {prefetch: 2}, active.handle);
		await two.consume(queue, {prefetch: 2}, standby.handle);
		await publishAll(one, queue, ['1', '2', '3', '4']);
		await active.reach(2);
		active.settle('ack');
		await active.reach(3);
		t.is(standby.all.length, 0);
		t.teardown(() => {
			for (const _ of active.all.slice(1)) active.settle('ack');
		});

		await world.kill(one);

		await standby.reach(3);
		t.deepEqual(standby.texts(), ['2', '3', '4']);
		t.is(standby.all[0]?.redelivered, true);
		t.is(standby.all[2]?.redelivered, false);
	});
}
