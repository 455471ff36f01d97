// A whole node on RabbitMQ, and a producer with a library of its own who stops at nothing.
import {mkdtemp, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {type ChannelModel, type ConfirmChannel, connect} from 'amqplib';
import type {ExecutionContext} from 'ava';
import {pino} from 'pino';
import {systemClock} from '#lib/clock.ts';
import {createMetrics} from '#observe/metrics.ts';
import {type Names, names} from '#transport/topology.ts';
import {createWarren, type Warren} from '#warren.ts';
import {sweep} from '../harness/broom.ts';
import {prefix, rabbit} from '../harness/rabbit.ts';
import type {Fates} from './fates.ts';
import {type Intake, letterOf, tellParked} from './intake.ts';
import type {Letter} from './letters.ts';

const direct = 'amq.rabbitmq.reply-to';

export async function rabbitIntake(t: ExecutionContext, fates: Fates): Promise<Intake> {
	const broker = {url: (await rabbit()).url, prefix: prefix()};
	const n = names(broker.prefix);
	const {node, alarms} = await openNode(t, broker);
	node.feed.listen(({actor, id}) => actor === 'task' && fates.told(id));
	const connection = await connect(broker.url);
	t.teardown(() => connection.close());
	const eye = await connection.createChannel();
	await eye.consume(n.dead, letter => letter && tellParked(fates, letter.properties), {noAck: true});
	const depth = async (queue: string) => (await eye.checkQueue(queue)).messageCount;
	return {
		...{fn: 'echo', address: direct, until: promise => promise},
		publish: await producer(broker, connection, n, fates),
		accepted: async () => (await node.api.status()).ledger.accepted,
		waiting: async () => (await depth(n.intake)) + (await depth(n.refused)),
		alarms: () => alarms,
	};
}

type Broker = {readonly url: string; readonly prefix: string};

async function openNode(
	t: ExecutionContext,
	broker: Broker,
): Promise<{node: Warren; alarms: readonly string[]}> {
	const data = await mkdtemp(join(tmpdir(), 'warren-fuzz-'));
	const alarms: string[] = [];
	const log = pino({level: 'error'}, {write: (line: string) => void alarms.push(line)});
	const ambient = {log, clock: systemClock, metrics: createMetrics()};
	const limits = {payloadBytes: 64 * 1024};
	const node = await createWarren({data, id: 'n1', broker, limits, worker: {executors: 1}}, ambient);
	t.teardown(async () => {
		await node.stop();
		await sweep(broker);
		await rm(data, {recursive: true, force: true});
	});
	await node.start();
	const code = 'export default input => input;';
	const deployed = await node.api.deploy({name: 'echo', language: 'javascript', code});
	if (!deployed.ok) throw new Error(deployed.failure.message);
	return {node, alarms};
}

/** Publishes over a connection of its own what may cost the channel, or the connection (541: the broker itself failed). */
async function producer(
	{url}: Broker,
	connection: ChannelModel,
	n: Names,
	fates: Fates,
): Promise<Intake['publish']> {
	const channel = await connection.createConfirmChannel();
	const hear = (answer: {properties: {correlationId: unknown}} | null) =>
		answer && fates.answered(letterOf(answer.properties.correlationId));
	await channel.consume(direct, hear, {noAck: true});
	return async ({key, body, risky}: Letter, properties) => {
		if (!risky) return await publish(channel, {exchange: n.tasks, key, body, properties});
		const own = await connect(url);
		own.on('error', () => {});
		const confirmed = await own.createConfirmChannel();
		confirmed.on('error', () => {});
		const taken = await publish(confirmed, {exchange: n.tasks, key, body, properties});
		await own.close().catch(() => {});
		return taken;
	};
}

type Message = {exchange: string; key: string; body: Buffer; properties: object};

/** False: the broker refused it, or the library could not write it. */
function publish(channel: ConfirmChannel, {exchange, key, body, properties}: Message): Promise<boolean> {
	return new Promise(resolve => {
		try {
			channel.publish(exchange, key, body, properties, error => resolve(!error));
		} catch {
			resolve(false);
		}
	});
}
