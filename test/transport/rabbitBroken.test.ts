// What RabbitMQ 3.10 knows of the log of a new quorum queue is written down minutes later: a kill before that
// leaves a queue that takes and gives nothing, for ever. A broker that has mended this passes as well.
import test, {type ExecutionContext} from 'ava';
import type {Clock} from '#lib/clock.ts';
import {openTransport} from '#transport/open.ts';
import type {Transport} from '#transport/transport.ts';
import {testAmbient} from '../harness/ambient.ts';
import {createFakeClock} from '../harness/clock.ts';
import {ownRabbit, prefix} from '../harness/rabbit.ts';
import {declared, inbox, numbers, publishAll, quorum, textOf, to} from './world.ts';

const made = 'a queue takes nothing though it has no bound: it is deleted and made anew';
const left = 'a queue takes nothing, but may not be broken: it is left as it is';

async function openOwn(t: ExecutionContext, gap: string) {
	// Two starts of a broker, on a machine that may be busy, and the patience with a silent queue.
	t.timeout(240_000);
	const broker = await ownRabbit(gap);
	t.teardown(() => broker.stop());
	const name = prefix();
	const connect = async (clock?: Clock) => {
		const ambient = testAmbient(clock);
		const transport = await openTransport(ambient, {url: broker.url, name, patienceMs: 60_000});
		t.teardown(() => transport.stop());
		const said = (msg: string) => ambient.lines.filter(line => line.msg === msg).map(({queue}) => queue);
		return Object.assign(transport, {said});
	};
	const restart = async () => {
		await broker.kill();
		await broker.start();
	};
	return {broker, connect, restart, queue: `${name}.work`};
}

async function insist(transport: Transport, queue: string, text: string): Promise<void> {
	let published: unknown;
	while (published !== 'taken') {
		published = await transport.publish(to(queue, text)).catch((error: unknown) => error);
	}
}

test.serial('a queue that was made right before its broker was killed takes messages again', async t => {
	const {connect, restart, queue} = await openOwn(t, 'a queue made right before the broker is killed');
	const shape = quorum(queue, {expendable: true});
	const transport = await declared(await connect(), [shape]);
	const worker = await declared(await connect(), [shape]);
	const got = inbox(queue);
	await worker.consume(queue, {prefetch: 10}, got.handle);
	await transport.remove(queue);
	await declared(transport, [shape]);
	await publishAll(transport, queue, numbers(50));
	await restart();

	await insist(transport, queue, 'last');
	while (!got.texts().includes('last')) await got.reach(got.all.length + 1);
	t.is(got.texts().at(-1), 'last');
});

test.serial('an inbox that nobody else may make is made anew by whoever consumes it', async t => {
	const {connect, restart, queue} = await openOwn(t, 'an inbox made right before the broker is killed');
	const server = await connect();
	await declared(server, [quorum(queue, {expendable: true})]);
	const worker = await connect();
	const got = inbox(queue);
	await server.consume(queue, {prefetch: 10}, got.handle);
	await publishAll(worker, queue, numbers(5));
	await restart();

	await insist(worker, queue, 'last');
	await got.find(delivery => textOf(delivery) === 'last');
	t.true(
		got.texts().every(text => text !== ''),
		'no knock is handed out',
	);
	// Whoever was refused before it was made anew may have said it again.
	t.is(await server.depth(queue), 0);
});

test.serial('who starts with a broken inbox makes it anew, and consumes it', async t => {
	const {connect, restart, queue} = await openOwn(t, 'a start with an inbox that is broken');
	const shape = quorum(queue, {expendable: true});
	await (await declared(await connect(), [shape])).stop();
	await restart();

	const server = await declared(await connect(), [shape]);
	const got = inbox(queue);
	await server.consume(queue, {prefetch: 10}, got.handle);
	await insist(await connect(), queue, 'first');
	t.is(textOf(await got.find(() => true)), 'first');
});

test.serial('queues of work need nothing of a broker that can keep no dead letters', async t => {
	const {broker, connect, queue} = await openOwn(t, 'queues of work in a broker that keeps no dead letters');
	const [dead, exchange] = [quorum(`${queue}.dead`), {name: `${queue}.dlx`, type: 'topic' as const}];
	const transport = await connect();
	await declared(transport, [{...dead, bindings: [{exchange: exchange.name, key: '#'}]}], [exchange]);
	// So it is left by the deletion of such a queue in the moment in which it begins (0030).
	const isGone = await broker.evaluate('ok = supervisor:terminate_child(rabbit_sup, rabbit_fifo_dlx_sup).');
	t.is(isGone, broker.isOurs, 'the supervisor of dead letters has another name');

	await declared(transport, [quorum(queue, {expendable: true, deadLetterExchange: exchange.name})]);
	t.is(await transport.publish(to(queue, 'x')), 'taken');
	await transport.consume(queue, {prefetch: 1}, () => 'drop');
	const got = inbox(dead.name);
	await transport.consume(dead.name, {prefetch: 1}, got.handle);
	await got.reach(1);
	t.deepEqual(got.texts(), ['x']);
});

/** Time goes on for whoever has this clock until something is said. */
async function until(clock: ReturnType<typeof createFakeClock>, is: () => boolean): Promise<void> {
	while (!is()) {
		clock.advance(1000);
		await new Promise(resolve => setTimeout(resolve, 20));
	}
}

test.serial('a queue that is only slow keeps what it has confirmed', async t => {
	const {broker, connect, queue} = await openOwn(t, 'slow queues are left alone');
	const shape = quorum(queue, {expendable: true});
	const clock = createFakeClock();
	const server = await connect(clock);
	await declared(server, [shape]);
	await publishAll(server, queue, numbers(5));

	// All that is written to any queue waits, as on a disk that stalls.
	const wal = 'case whereis(ra_log_wal) of undefined -> exit(missing); Wal -> sys:FUNCTION(Wal) end.';
	const isStalled = await broker.evaluate(wal.replace('FUNCTION', 'suspend'));
	if (!broker.isOurs) {
		t.is(await server.depth(queue), 5);
		return;
	}
	t.true(isStalled, 'the log of this broker has another name');
	const late = server.publish(to(queue, 'late'));
	await until(clock, () => server.said(left).length > 0);
	t.true(await broker.evaluate(wal.replace('FUNCTION', 'resume')));
	t.is(await late, 'taken');

	// This one alone gives no answer, but it has a consumer: it has its log.
	const got = inbox(queue);
	await server.consume(queue, {prefetch: 10}, got.handle);
	await got.reach(6);
	const one = `sys:FUNCTION(whereis('%2F_${queue}')).`;
	t.true(await broker.evaluate(one.replace('FUNCTION', 'suspend')));
	const later = server.publish(to(queue, 'later'));
	await until(clock, () => server.said(left).length > 1);
	t.true(await broker.evaluate(one.replace('FUNCTION', 'resume')));
	t.is(await later, 'taken');
	await got.reach(7);

	t.deepEqual(got.texts(), [...numbers(5), 'late', 'later']);
	t.deepEqual(server.said(made), []);
});
