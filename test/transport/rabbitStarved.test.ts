// Consumers that RabbitMQ 3.10 forgets when their queue is deleted and made again within milliseconds.
import {setTimeout as delay, setImmediate as turn} from 'node:timers/promises';
import {connect} from 'amqplib';
import test from 'ava';
import {Starved} from '#transport/rabbit/starved.ts';
import {Subscription} from '#transport/rabbit/subscription.ts';
import {type Queue, TransportDown} from '#transport/transport.ts';
import {testAmbient} from '../harness/ambient.ts';
import {createFakeClock} from '../harness/clock.ts';
import {openRabbitWorld} from './rabbitWorld.ts';
import {declared, inbox, numbers, publishTaken, quorum, textOf, to} from './world.ts';

/** A consumer of a queue in which so much waits, as the watch sees it. */
function world(shape: Partial<Queue> = {}) {
	const clock = createFakeClock();
	const ambient = testAmbient(clock);
	const seen = {
		depth: 3 as number | undefined,
		idleSince: clock.now() as number | undefined,
		renewed: 0,
		refreshed: 0,
	};
	const watch = new Starved(ambient, {
		registry: {queue: name => ({name, type: 'quorum', ...shape})},
		model: () => ({}) as never,
		subscriptions: () => [
			{
				queue: 'work',
				get idleSince() {
					return seen.idleSince;
				},
				renew() {
					seen.renewed++;
				},
				async refresh() {
					seen.refreshed++;
				},
			},
		],
		depth: async () => seen.depth,
	});
	watch.watch();
	const look = async (times = 1) => {
		for (let n = 0; n < times; n++) {
			clock.advance(8000);
			for (let turns = 0; turns < 5; turns++) await turn();
		}
	};
	return {clock, seen, look};
}

test('a consumer that is handed nothing of what waits consumes anew', async t => {
	const {seen, look} = world();
	await look();
	t.is(seen.renewed, 0, 'once may be chance');
	await look();
	t.is(seen.renewed, 1);
	await look();
	t.is(seen.renewed, 1);
	await look();
	t.is(seen.renewed, 2, 'it is looked after again');
});

test('who got something meanwhile, has no room, or nothing to get, is left alone', async t => {
	const busy = world();
	for (let n = 0; n < 5; n++) {
		await busy.look();
		busy.seen.idleSince = busy.clock.now();
	}
	const full = world();
	full.seen.idleSince = undefined;
	const taken = world({singleActiveConsumer: true});
	taken.seen.depth = 0;
	for (const {look} of [full, taken]) await look(5);
	t.deepEqual(
		[busy, full, taken].map(({seen}) => [seen.renewed, seen.refreshed]),
		[
			[0, 0],
			[0, 0],
			[0, 0],
		],
	);
});

test('who gets nothing for a while, because there is nothing or no queue, consumes anew without a loss', async t => {
	const [empty, gone] = [world(), world()];
	empty.seen.depth = 0;
	gone.seen.depth = undefined;
	for (const {look, seen} of [empty, gone]) {
		await look();
		t.is(seen.refreshed, 0, 'not yet');
		await look();
		t.deepEqual([seen.renewed, seen.refreshed], [0, 1]);
	}
});

test('who consumes anew is handed all that comes meanwhile, once', async t => {
	const broker = await openRabbitWorld(t);
	const queue = broker.name('work');
	const model = await connect(broker.url, {noDelay: true});
	t.teardown(() => model.close());
	const server = await declared(await broker.connect(), [quorum(queue)]);
	const got = inbox(queue);
	const subscription = new Subscription(broker.ambient, {
		...{queue, prefetch: 4, handle: got.handle, prepare: async () => {}},
		...{current: () => model, knocks: () => false},
	});
	await subscription.attach(model);
	for (let round = 0; round < 20; round++) {
		await Promise.all([publishTaken(server, queue, numbers(10)), subscription.refresh()]);
		await got.reach((round + 1) * 10);
	}
	// What the broker handed to the old channel behind its goodbye comes marked, though it never came here.
	t.deepEqual(
		got.texts().sort(),
		numbers(10)
			.flatMap(text => Array<string>(20).fill(text))
			.sort(),
	);
	await subscription.cancel();
	await subscription.refresh();
	t.is(subscription.idleSince, undefined, 'who has gone stays away');
});

test('a queue that is deleted twice within a moment finds its consumers again', async t => {
	const broker = await openRabbitWorld(t);
	const queue = broker.name('work');
	const [server, ...workers] = [await broker.connect(), await broker.connect(), await broker.connect()];
	for (const transport of [server, ...workers])
		await declared(transport, [quorum(queue, {expendable: true})]);
	const got = inbox(queue);
	for (const worker of workers) await worker.consume(queue, {prefetch: 4}, got.handle);
	const admin = await connect(broker.url, {noDelay: true});
	t.teardown(() => admin.close());
	const channel = await admin.createChannel();
	// The broker may break a connection that makes the queue while it is deleted: then nobody knows, and it is sent again.
	const send = async (name: string) => {
		const texts = numbers(10).map(text => `${name} ${text}`);
		const put = async (text: string) => {
			while ((await server.publish(to(queue, text)).catch(ifDown)) !== 'taken');
		};
		await Promise.all(texts.map(put));
		for (const text of texts) await got.find(one => textOf(one) === text);
	};
	for (let round = 0; round < 3; round++) {
		await send(`before ${round}`);
		// As an operator's script may do it: there is nothing to wait for between the two.
		await channel.deleteQueue(queue);
		await delay(round * 10);
		await channel.deleteQueue(queue);
		await send(`after ${round}`);
	}
	t.is(new Set(got.texts()).size, 60);
});

function ifDown(error: unknown): undefined {
	if (!(error instanceof TransportDown)) throw error;
}
