// The AMQP door of a whole node on RabbitMQ, and a foreign producer with its own library.
import {mkdtemp, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {type Channel, type ConsumeMessage, connect} from 'amqplib';
import type {ExecutionContext} from 'ava';
import type {Failure} from '#actors/failure.ts';
import {type Names, names} from '#transport/topology.ts';
import {createWarren, type Warren} from '#warren.ts';
import {testAmbient} from '../harness/ambient.ts';
import {type Arrivals, arrivals} from '../harness/arrivals.ts';
import {sweepBy} from '../harness/broom.ts';
import {asked} from '../harness/combination.ts';
import {schema} from '../harness/postgres.ts';
import {prefix, rabbit} from '../harness/rabbit.ts';

export const direct = 'amq.rabbitmq.reply-to';

export type Door = {
	readonly names: Names;
	readonly channel: Channel;
	readonly answers: Arrivals<ConsumeMessage>;
	readonly dead: Arrivals<ConsumeMessage>;
	readonly start: () => Promise<Warren>;
	readonly offer: (key: string, body: string, properties?: object) => void;
};

export async function door(t: ExecutionContext, slots?: number): Promise<Door> {
	const {url} = await rabbit();
	const broker = {url, prefix: prefix()};
	const data = await mkdtemp(join(tmpdir(), 'warren-amqp-'));
	const n = names(broker.prefix);
	const store = asked() === 'rabbit+postgres' && {url: await schema(t)};
	const nodes: Warren[] = [];
	const connection = await connect(url);
	const channel = await connection.createChannel();
	t.teardown(async () => {
		for (const node of nodes) await node.stop();
		await sweepBy(connection, n);
		await connection.close();
		await rm(data, {recursive: true, force: true});
	});
	const start = async () => {
		const options = {
			data,
			id: 'n1',
			broker,
			...(store && {store}),
			worker: {executors: 1, ...(slots && {slots})},
		};
		const node = await createWarren(options, testAmbient());
		nodes.push(node);
		await node.start();
		return node;
	};
	const answers = arrivals<ConsumeMessage>('the answers');
	const dead = arrivals<ConsumeMessage>('the dead letters');
	await channel.consume(direct, answer => answer && answers.push(answer), {noAck: true});
	return {
		...{names: n, channel, answers, dead, start},
		offer: (key, body, properties = {}) => {
			channel.publish(n.tasks, key, Buffer.from(body), {persistent: true, ...properties});
		},
	};
}

export const watchDead = ({channel, names: n, dead}: Door) =>
	channel.consume(n.dead, letter => letter && dead.push(letter), {noAck: true});
export const failureOf = (message: ConsumeMessage | undefined) =>
	JSON.parse(String(message?.content)) as Failure;
