// Queues that an administrator deletes while we are connected: nobody needs a restart.
import {connect} from 'amqplib';
import test from 'ava';
import {TopologyError} from '#transport/transport.ts';
import {openRabbitWorld} from './rabbitWorld.ts';
import {declared, inbox, numbers, publishAll, quorum, to} from './world.ts';

/** What an administrator does. */
async function remove(url: string, queue: string): Promise<void> {
	const model = await connect(url, {noDelay: true});
	await (await model.createChannel()).deleteQueue(queue);
	await model.close();
}

test('a queue of ours that was deleted is made again by the publishes that miss it', async t => {
	const world = await openRabbitWorld(t);
	const queue = world.name('work');
	const transport = await declared(await world.connect(), [quorum(queue, {maxLength: 1000})]);
	await remove(world.url, queue);

	const published = await Promise.all(numbers(50).map(text => transport.publish(to(queue, text))));

	t.deepEqual(new Set(published), new Set(['taken']));
	t.is(await transport.depth(queue), 50);
	const said = world.ambient.lines.filter(({msg}) => msg === 'a queue was deleted; it is made again');
	t.is(said.length, 1, 'once, however many missed it');
	// With the shape it had: another declaration of the same finds nothing to complain of.
	await declared(await world.connect(), [quorum(queue, {maxLength: 1000})]);
});

test('a queue that somebody else declared is not made by who publishes to it', async t => {
	const world = await openRabbitWorld(t);
	const queue = world.name('inbox');
	await declared(await world.connect(), [quorum(queue)]);
	const stranger = await world.connect();
	await remove(world.url, queue);

	t.is(await stranger.publish(to(queue, 'x')), 'unroutable');
	t.is(await stranger.depth(queue), undefined);
});

test('a queue that was removed by us stays away', async t => {
	const world = await openRabbitWorld(t);
	const queue = world.name('gone');
	const transport = await declared(await world.connect(), [quorum(queue)]);
	await transport.remove(queue);

	t.is(await transport.publish(to(queue, 'x')), 'unroutable');
});

test('a consumer and a publisher of a deleted queue find each other again', async t => {
	const world = await openRabbitWorld(t);
	const queue = world.name('work');
	const [server, worker] = [await world.connect(), await world.connect()];
	for (const transport of [server, worker]) await declared(transport, [quorum(queue)]);
	const got = inbox(queue);
	await worker.consume(queue, {prefetch: 10}, got.handle);
	await publishAll(server, queue, ['before']);
	await got.reach(1);

	await remove(world.url, queue);
	await publishAll(server, queue, ['after']);

	await got.reach(2);
	t.deepEqual(got.texts(), ['before', 'after']);
});

test('a queue of ours that was deleted is made again by who consumes it', async t => {
	const world = await openRabbitWorld(t);
	const queue = world.name('work');
	const transport = await declared(await world.connect(), [quorum(queue)]);
	await remove(world.url, queue);
	const got = inbox(queue);
	await transport.consume(queue, {prefetch: 10}, got.handle);
	await publishAll(transport, queue, ['after']);
	await got.reach(1);
	t.deepEqual(got.texts(), ['after']);
	const strange = await world.connect();
	await t.throwsAsync(strange.consume(world.name('nowhere'), {prefetch: 10}, got.handle), {
		instanceOf: TopologyError,
	});
});
