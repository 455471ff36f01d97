import test from 'ava';
import {TransportDown} from '#transport/transport.ts';
import {arrivals} from '../harness/arrivals.ts';
import {declared, hands, inbox, numbers, type OpenWorld, publishAll, quorum, to} from './world.ts';

/** Laws of an end that is wanted: of a consumer, and of all. */
export function stoppingContract(name: string, openWorld: OpenWorld): void {
	test(`${name}: cancel takes no more and waits for the verdicts of what is in hand`, async t => {
		const world = await openWorld(t);
		const queue = world.name('cancel');
		const transport = await declared(await world.connect(), [quorum(queue)]);
		await publishAll(transport, queue, numbers(5));
		const got = hands(queue);
		const consumer = await transport.consume(queue, {prefetch: 2}, got.handle);
		await got.reach(2);
		const order = arrivals<string>('steps');

		const cancelled = consumer.cancel().then(() => order.push('cancelled'));
		await publishAll(transport, queue, ['6']);
		order.push('first verdict');
		got.settle('ack');
		await publishAll(transport, queue, ['7']);
		order.push('second verdict');
		got.settle('ack');
		await cancelled;

		t.deepEqual(order.all, ['first verdict', 'second verdict', 'cancelled']);
		t.is(got.all.length, 2);
		t.is(await transport.depth(queue), 5);
	});

	test(`${name}: stop waits for what is in hand, which may still publish, and refuses what comes later`, async t => {
		const world = await openWorld(t);
		const [queue, outcomes] = [world.name('stop'), world.name('outcomes')];
		const transport = await declared(await world.connect(), [quorum(queue), quorum(outcomes)]);
		await publishAll(transport, queue, ['1', '2']);
		const release = Promise.withResolvers<void>();
		const got = inbox(queue, async () => {
			await release.promise;
			return (await transport.publish(to(outcomes, 'done'))) === 'taken' ? 'ack' : 'retry';
		});
		await transport.consume(queue, {prefetch: 1}, got.handle);
		await got.reach(1);

		const stopped = transport.stop();
		t.is(transport.stop(), stopped);
		release.resolve();
		await stopped;

		await t.throwsAsync(transport.publish(to(queue, 'x')), {instanceOf: TransportDown});
		await t.throwsAsync(transport.depth(queue), {instanceOf: TransportDown});
		const other = await world.connect();
		t.is(await other.depth(outcomes), 1);
		t.is(await other.depth(queue), 1);
		t.is(got.all.length, 1);
	});

	test(`${name}: stop waits for the confirms of what was published before`, async t => {
		const world = await openWorld(t);
		const queue = world.name('confirms');
		const transport = await declared(await world.connect(), [quorum(queue)]);

		const published = numbers(100).map(text => transport.publish(to(queue, text)));
		await transport.stop();

		t.deepEqual(new Set(await Promise.all(published)), new Set(['taken']));
		t.is(await (await world.connect()).depth(queue), 100);
	});

	test(`${name}: nothing new is consumed while stopping`, async t => {
		const world = await openWorld(t);
		const queue = world.name('queue');
		const transport = await declared(await world.connect(), [quorum(queue)]);
		await publishAll(transport, queue, ['1']);
		const got = hands(queue);
		await transport.consume(queue, {prefetch: 1}, got.handle);
		await got.reach(1);

		const stopped = transport.stop();
		await t.throwsAsync(
			transport.consume(queue, {prefetch: 1}, () => 'ack'),
			{instanceOf: TransportDown},
		);
		got.settle('ack');
		await stopped;
	});
}
