import test, {type ExecutionContext} from 'ava';
import {openTransport} from '#transport/open.ts';
import {
	type Published,
	type Queue,
	TopologyError,
	type Transport,
	TransportDown,
} from '#transport/transport.ts';
import {testAmbient} from '../harness/ambient.ts';
import {arrivals} from '../harness/arrivals.ts';
import {type OwnRabbit, ownRabbit, prefix} from '../harness/rabbit.ts';
import {declared, inbox, quorum, textOf, to} from './world.ts';

async function openOwn(t: ExecutionContext, gap: string, patienceMs: number) {
	// Two starts of a broker, on a machine that may be busy.
	t.timeout(180_000);
	const broker = await ownRabbit(gap);
	t.teardown(() => broker.stop());
	const name = prefix();
	const connect = async () => {
		const transport = await openTransport(testAmbient(), {url: broker.url, name, patienceMs});
		t.teardown(() => transport.stop());
		return transport;
	};
	return {broker, connect, name: (base: string) => `${name}.${base}`};
}

type Tally = {readonly confirmed: Set<string>; doubtful: number; next: number};

/** Publishes until `count` more are confirmed; what is in doubt is not sent again. */
async function confirm(transport: Transport, queue: string, count: number, tally: Tally): Promise<void> {
	const until = tally.confirmed.size + count;
	const one = async () => {
		const text = `${tally.next}`;
		tally.next += 1;
		const published = await transport.publish(to(queue, text)).catch((error: unknown) => error);
		if (published === 'taken') tally.confirmed.add(text);
		// Refused: its queue has no leader yet.
		else if (published instanceof TransportDown || published === 'refused') tally.doubtful += 1;
		else throw new Error(`Expected a publish to be taken, refused or in doubt, got ${String(published)}`);
	};
	const sender = async () => {
		while (tally.confirmed.size < until) await one();
	};
	await Promise.all(Array.from({length: 50}, sender));
}

async function restart(broker: OwnRabbit): Promise<void> {
	await broker.kill();
	await broker.start();
}

test('a broker that is killed and comes back loses nothing confirmed, and consumers resume by themselves', async t => {
	const gap = 'a killed broker loses nothing that it confirmed';
	const {broker, connect, name} = await openOwn(t, gap, 120_000);
	const [sender, receiver] = [await connect(), await connect()];
	const queue = quorum(name('work'));
	const ear: Queue = {name: name('ear'), type: 'classic', exclusive: true};
	await declared(sender, [queue]);
	await declared(receiver, [ear]);
	const [got, heard] = [inbox(queue.name), inbox(ear.name)];
	await receiver.consume(queue.name, {prefetch: 20}, got.handle);
	await receiver.consume(ear.name, {prefetch: 20}, heard.handle);
	const states = arrivals<string>('states');
	receiver.watch(state => states.push(state));
	const tally: Tally = {confirmed: new Set(), doubtful: 0, next: 0};
	await confirm(sender, queue.name, 500, tally);
	await broker.settle();

	// Publishing goes on while the broker dies, is away and comes back.
	await Promise.all([confirm(sender, queue.name, 1500, tally), restart(broker)]);
	await states.find(state => state === 'up');

	const missing = new Set(tally.confirmed);
	await got.find(delivery => missing.delete(textOf(delivery)) && missing.size === 0);
	t.true(tally.confirmed.size >= 2000);
	t.deepEqual(states.all.slice(0, 2), ['down', 'up']);
	t.is(await sender.publish(to(ear.name, 'still there')), 'taken');
	await heard.reach(1);
});

test('while the broker is away calls wait, then say that it is down; later they work again', async t => {
	const {broker, connect, name} = await openOwn(
		t,
		'calls while a broker is down reject with its address',
		3000,
	);
	const transport = await declared(await connect(), [quorum(name('queue'))]);
	const queue = name('queue');
	t.is(transport.blocked(), undefined);
	const states = arrivals<string>('states');
	transport.watch(state => states.push(state));

	await broker.settle();
	await broker.kill();
	await states.find(state => state === 'down');

	t.is(transport.blocked(), 'connecting');
	// Each connection is lost in a moment of its own: this publish may still have found the other one.
	await transport.publish(to(queue, 'x')).catch(() => {});
	await t.throwsAsync(transport.publish(to(queue, 'x')), {
		instanceOf: TransportDown,
		message: /no connection for 3000 ms/,
	});
	const error = await t.throwsAsync(transport.depth(queue), {
		instanceOf: TransportDown,
		message: /out of reach/,
	});
	t.true(error.message.includes('guest:***@127.0.0.1'), error.message);
	t.is(await transport.publish(to(queue, 'event'), {confirm: false}), 'taken');

	await broker.start();
	await states.find(state => state === 'up');
	t.is(await transport.publish(to(queue, 'y')), 'taken');
	t.is(transport.blocked(), undefined);
});

test('a broker low on memory makes publishes wait, says why, and takes them when it is well again', async t => {
	const {broker, connect, name} = await openOwn(t, 'publishes wait while a broker is low on memory', 60_000);
	const transport = await declared(await connect(), [quorum(name('queue'))]);
	const other = await declared(await connect(), [quorum(name('other'))]);
	await other.publish(to(name('other'), 'waiting'));
	const alarm = '{resource_limit, memory, node()}';
	const isSet = await broker.evaluate(`rabbit_alarm:set_alarm({${alarm}, []}).`);
	if (!broker.isOurs) {
		t.is(await transport.publish(to(name('queue'), 'x')), 'taken');
		return;
	}
	t.true(isSet);

	const published: Published[] = [];
	const publishing = Promise.all(
		['1', '2', '3'].map(async text => published.push(await transport.publish(to(name('queue'), text)))),
	);
	// Consumers are not refused: their verdicts go through.
	const got = inbox(name('other'));
	const consumer = await other.consume(name('other'), {prefetch: 1}, got.handle);
	await got.reach(1);
	await consumer.cancel();
	t.is(await other.depth(name('other')), 0);
	t.is(transport.blocked(), 'low on memory');
	t.deepEqual(published, []);

	await broker.evaluate(`rabbit_alarm:clear_alarm(${alarm}).`);
	await publishing;
	t.deepEqual(published, ['taken', 'taken', 'taken']);
	t.is(transport.blocked(), undefined);
});

test('a user who may not configure uses what is there, and is told what it may not make', async t => {
	const gap = 'a user without the right to configure uses the queues that are there';
	const {broker, connect, name} = await openOwn(t, gap, 60_000);
	const transport = await declared(
		await connect(),
		[quorum(name('queue'))],
		[{name: name('topic'), type: 'topic'}],
	);
	const added = await broker.evaluate(
		'rabbit_auth_backend_internal:add_user(<<"limited">>, <<"secret">>, <<"test">>), ' +
			'rabbit_auth_backend_internal:set_permissions(<<"limited">>, <<"/">>, <<"^$">>, <<".*">>, <<".*">>, <<"test">>).',
	);
	if (!broker.isOurs) {
		t.is(await transport.depth(name('queue')), 0);
		return;
	}
	t.true(added);
	const url = new URL(broker.url);
	url.username = 'limited';
	url.password = 'secret';
	const limited = await openTransport(testAmbient(), {url: url.href, name: name('limited')});
	t.teardown(() => limited.stop());

	await declared(limited, [quorum(name('queue'))], [{name: name('topic'), type: 'topic'}]);
	t.is(await limited.publish(to(name('queue'), 'x')), 'taken');
	const got = inbox(name('queue'));
	await limited.consume(name('queue'), {prefetch: 1}, got.handle);
	await got.reach(1);

	await t.throwsAsync(declared(limited, [quorum(name('another'))]), {
		instanceOf: TopologyError,
		message: /another`.*lacks a permission/,
	});
});
