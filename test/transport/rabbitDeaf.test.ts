// Connections that RabbitMQ 3.10 reads no more, since a queue was deleted while much was on its way there.
import {setImmediate as turn} from 'node:timers/promises';
import {connect} from 'amqplib';
import test from 'ava';
import {Deaf} from '#transport/rabbit/deaf.ts';
import {testAmbient} from '../harness/ambient.ts';
import {createFakeClock} from '../harness/clock.ts';
import {openRabbitWorld} from './rabbitWorld.ts';
import {declared, numbers, quorum, to} from './world.ts';

const [lookMs, answerMs] = [5000, 10_000];

/** A connection whose questions are answered, as far as it is told. */
function connection() {
	const seen = {isAnswered: true, renewed: 0, opened: 0};
	const channel = {on() {}, prefetch: () => (seen.isAnswered ? Promise.resolve() : new Promise(() => {}))};
	const createChannel = async () => {
		seen.opened++;
		return channel;
	};
	const link = {role: 'publish', model: {createChannel} as never, blocked: undefined as string | undefined};
	return {seen, link: Object.assign(link, {renew: () => void seen.renewed++})};
}

/** One that publishes and one that consumes, looked after. */
function world() {
	const clock = createFakeClock();
	const ambient = testAmbient(clock);
	const [publishing, consuming] = [connection(), connection()];
	const deaf = new Deaf(ambient, {outlets: () => [publishing], consuming: consuming.link});
	deaf.watch();
	const turns = async () => {
		for (let n = 0; n < 10; n++) await turn();
	};
	const pass = async (ms: number) => {
		clock.advance(ms);
		await turns();
	};
	return {publishing, consuming, pass};
}

test('a connection that answers nothing, while the other does, is opened anew', async t => {
	const {publishing, pass} = world();
	await pass(lookMs);
	t.is(publishing.seen.renewed, 0);
	publishing.seen.isAnswered = false;
	await pass(lookMs);
	t.is(publishing.seen.renewed, 0, 'it may be slow');
	await pass(answerMs);
	t.is(publishing.seen.renewed, 1);
	t.is(publishing.seen.opened, 1, 'one channel is enough for all questions');
});

test('it is left alone where it is answered late, where nobody is, under an alarm, and where another is there', async t => {
	const [late, dead, alarm, other] = [world(), world(), world(), world()];
	for (const {publishing} of [late, dead, alarm, other]) publishing.seen.isAnswered = false;
	dead.consuming.seen.isAnswered = false;
	alarm.publishing.link.blocked = 'low on disk';
	for (const {pass} of [late, dead, alarm, other]) await pass(lookMs);
	other.publishing.link.model = {} as never;
	late.publishing.link.blocked = 'low on memory';
	for (const {pass} of [late, dead, alarm, other]) await pass(answerMs);
	t.deepEqual(
		[late, dead, alarm, other].map(({publishing}) => publishing.seen.renewed),
		[0, 0, 0, 0],
	);
});

test('whoever has no connection is asked nothing', async t => {
	const {publishing, consuming, pass} = world();
	publishing.link.model = undefined as never;
	await pass(lookMs + answerMs);
	consuming.link.model = undefined as never;
	await pass(lookMs + answerMs);
	t.is(publishing.seen.renewed + consuming.seen.opened, 0);
});

test('after a queue was deleted under what was on its way there, all that comes is taken', async t => {
	const broker = await openRabbitWorld(t);
	const [work, other] = [broker.name('work'), broker.name('other')];
	const transport = await declared(await broker.connect(), [quorum(work), quorum(other)]);
	const admin = await connect(broker.url, {noDelay: true});
	t.teardown(() => admin.close());
	const channel = await admin.createChannel();
	/** What is lost with its connection is sent again, as everywhere. */
	const send = async (queue: string, text: string): Promise<string> => {
		for (;;) {
			const told = await transport.publish(to(queue, text)).catch(() => undefined);
			if (told !== undefined) return told;
		}
	};
	// Each time is some two of three that it happens.
	for (let round = 0; round < 2; round++) {
		const sent = numbers(150).map(text => send(work, text));
		// Some are confirmed by now, and more than 32 are not.
		await Promise.race(sent);
		await channel.deleteQueue(work);
		const more = numbers(500).map(text => send(other, text));
		t.deepEqual(new Set(await Promise.all([...sent, ...more])), new Set(['taken']), `round ${round}`);
	}
});
