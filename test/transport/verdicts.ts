import test from 'ava';
import type {Verdict} from '#transport/transport.ts';
import {declared, inbox, numbers, type OpenWorld, publishAll, quorum, stuck, textOf, to} from './world.ts';

/** Laws of what becomes of a message that was not taken. */
export function verdictContract(name: string, openWorld: OpenWorld): void {
	const withDeadLetters = async (t: Parameters<OpenWorld>[0], more: object = {}) => {
		const world = await openWorld(t);
		const [queue, dead, dlx] = [world.name('queue'), world.name('dead'), world.name('dlx')];
		const transport = await declared(
			await world.connect(),
			[
				quorum(dead, {bindings: [{exchange: dlx, key: '#'}]}),
				quorum(queue, {deadLetterExchange: dlx, ...more}),
			],
			[{name: dlx, type: 'topic'}],
		);
		const graves = inbox(dead);
		await transport.consume(dead, {prefetch: 10}, graves.handle);
		return {world, transport, queue, dead, dlx, graves};
	};

	test(`${name}: retry brings the message back, marked`, async t => {
		const world = await openWorld(t);
		const queue = world.name('retry');
		const transport = await declared(await world.connect(), [quorum(queue)]);
		const got = inbox(queue, ({redelivered}) => (redelivered ? 'ack' : 'retry'));
		await transport.consume(queue, {prefetch: 1}, got.handle);

		await transport.publish(to(queue, 'x'));

		const seen = await got.reach(2);
		t.deepEqual(
			seen.map(({redelivered}) => redelivered),
			[false, true],
		);
	});

	test(`${name}: drop sends the message to the dead letters, with its death, its key and its properties`, async t => {
		const {transport, queue, dead, dlx, graves} = await withDeadLetters(t);
		await transport.consume(queue, {prefetch: 1}, () => 'drop');

		await transport.publish(to(queue, 'x', {messageId: 'm1', headers: {a: 1}}));

		const [grave] = await graves.reach(1);
		t.deepEqual(
			{...grave, body: grave?.body.toString()},
			{
				queue: dead,
				exchange: dlx,
				key: queue,
				body: 'x',
				properties: {messageId: 'm1', headers: {a: 1}},
				redelivered: false,
				death: {reason: 'rejected', queue, exchange: '', key: queue},
			},
		);
	});

	test(`${name}: a dead letter travels under the key that its queue gives it`, async t => {
		const {transport, queue, graves} = await withDeadLetters(t, {deadLetterKey: 'buried'});
		await transport.consume(queue, {prefetch: 1}, () => 'drop');

		await transport.publish(to(queue, 'x'));

		const [grave] = await graves.reach(1);
		t.is(grave?.key, 'buried');
		t.is(grave?.death?.key, queue);
	});

	test(`${name}: without a dead-letter exchange, drop is the end`, async t => {
		const world = await openWorld(t);
		const queue = world.name('end');
		const transport = await declared(await world.connect(), [quorum(queue)]);
		const got = inbox(queue, ({body}) => (body.toString() === '1' ? 'drop' : 'ack'));
		await transport.consume(queue, {prefetch: 1}, got.handle);

		await publishAll(transport, queue, ['1', '2']);

		await got.reach(2);
		t.deepEqual(got.texts(), ['1', '2']);
	});

	test(`${name}: a mix of verdicts settles each message by its own`, async t => {
		const {transport, queue, graves} = await withDeadLetters(t);
		const verdictOf = (text: string, redelivered: boolean): Verdict => {
			if (Number(text) % 3 === 0) return 'drop';
			return Number(text) % 3 === 1 || redelivered ? 'ack' : 'retry';
		};
		const got = inbox(queue, async ({body, redelivered}) => {
			// Verdicts come out of order: every second one a few turns later.
			if (Number(body) % 2) for (const _ of numbers(5)) await new Promise(setImmediate);
			return verdictOf(body.toString(), redelivered);
		});
		const consumer = await transport.consume(queue, {prefetch: 25}, got.handle);

		await publishAll(transport, queue, numbers(300));

		await graves.reach(100);
		await got.reach(400);
		await consumer.cancel();
		t.is(await transport.depth(queue), 0);
		t.deepEqual(
			graves
				.texts()
				.map(Number)
				.sort((a, b) => a - b),
			numbers(300)
				.map(Number)
				.filter(number => number % 3 === 0),
		);
		const again = got.all.filter(({redelivered}) => redelivered).map(textOf);
		t.is(again.length, 100);
		t.true(again.every(text => Number(text) % 3 === 2));
	});

	test(`${name}: a handler that throws is logged, and its message comes again`, async t => {
		const {world, transport, queue} = await withDeadLetters(t);
		const got = inbox(queue, ({redelivered}) => {
			if (!redelivered) throw new Error('a bug');
			return 'ack';
		});
		await transport.consume(queue, {prefetch: 1}, got.handle);

		await transport.publish(to(queue, 'x'));
		await transport.publish(to(queue, 'y'));

		await got.reach(4);
		t.deepEqual(got.texts(), ['x', 'x', 'y', 'y']);
		const complaints = world.ambient.lines.filter(({msg}) => msg === 'a message handler threw');
		t.is(complaints.length, 2);
		t.like(complaints[0], {level: 50, queue});
	});

	test(`${name}: what is delivered more often than the limit goes to the dead letters`, async t => {
		const {transport, queue, graves} = await withDeadLetters(t, {deliveryLimit: 2});
		const got = inbox(queue, () => 'retry');
		await transport.consume(queue, {prefetch: 1}, got.handle);

		await transport.publish(to(queue, 'x'));

		const [grave] = await graves.reach(1);
		t.deepEqual(grave?.death, {reason: 'delivery_limit', queue, exchange: '', key: queue});
		t.is(got.all.length, 3);
	});

	test(`${name}: what is lost with its consumers counts against the limit too`, async t => {
		const {world, transport, queue, graves} = await withDeadLetters(t, {deliveryLimit: 1});
		await transport.publish(to(queue, 'x'));
		for (const _ of numbers(2)) {
			const victim = await world.connect();
			const got = stuck(t, queue);
			await victim.consume(queue, {prefetch: 1}, got.handle);
			await got.reach(1);
			await world.kill(victim);
		}

		const [grave] = await graves.reach(1);
		t.is(grave?.death?.reason, 'delivery_limit');
	});

	test(`${name}: without a limit a message may come back as often as it must`, async t => {
		const {transport, queue, graves} = await withDeadLetters(t);
		const got = inbox(queue, () => (got.all.length < 50 ? 'retry' : 'ack'));
		const consumer = await transport.consume(queue, {prefetch: 1}, got.handle);

		await transport.publish(to(queue, 'x'));

		await got.reach(50);
		await consumer.cancel();
		t.is(await transport.depth(queue), 0);
		t.is(graves.all.length, 0);
	});

	test(`${name}: a message that waits longer than its expiration goes to the dead letters without it`, async t => {
		const {transport, queue, graves} = await withDeadLetters(t);

		await transport.publish(to(queue, 'x', {expiration: '30', messageId: 'm1'}));

		const [grave] = await graves.reach(1);
		t.deepEqual(grave?.death, {reason: 'expired', queue, exchange: '', key: queue});
		t.deepEqual(grave?.properties, {messageId: 'm1'});
		t.is(await transport.depth(queue), 0);
	});

	test(`${name}: a message that waits longer than its queue allows goes to the dead letters`, async t => {
		const {transport, queue, graves} = await withDeadLetters(t, {messageTtlMs: 30});

		await publishAll(transport, queue, ['1', '2']);

		await graves.reach(2);
		t.deepEqual(graves.texts(), ['1', '2']);
		t.is(graves.all[0]?.death?.reason, 'expired');
	});
}
