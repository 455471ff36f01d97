// The ceiling that Warren is measured against: an echo over RabbitMQ at the same guarantees, as two
// processes. Durable quorum queues, persistent messages, publisher confirms with a window of 256,
// prefetch 256, ack after the confirmed reply, noDelay. Run as a program it is the echoing side.
import {fork} from 'node:child_process';
import {once} from 'node:events';
import {type Channel, type ConfirmChannel, type ConsumeMessage, connect} from 'amqplib';
import {batch, closedLoop, expectEcho} from './load.ts';
import type {Run} from './stats.ts';

const window = 256;
const quorum = {durable: true, arguments: {'x-queue-type': 'quorum'}};

export type Raw = {
	/** @param bytes of a body; 256 unless said */
	loop(callers: number, durationMs: number, bytes?: number): Promise<Run>;
	batch(size: number): Promise<Run>;
	stop(): Promise<void>;
};

export async function startRaw(url: string, prefix: string): Promise<Raw> {
	const [requests, replies] = [`${prefix}.raw.requests`, `${prefix}.raw.replies`];
	const connection = await connect(url, {noDelay: true});
	const publisher = await connection.createConfirmChannel();
	const consumer = await connection.createChannel();
	await consumer.assertQueue(requests, quorum);
	await consumer.assertQueue(replies, quorum);
	await consumer.prefetch(window);
	const waiting = new Map<string, (text: string) => void>();
	await consumer.consume(replies, message => {
		if (!message) return;
		waiting.get(message.properties.correlationId as string)?.(message.content.toString());
		consumer.ack(message);
	});
	const echo = fork(import.meta.filename, [url, requests], {execArgv: process.execArgv});
	await once(echo, 'message');

	let counter = 0;
	const send = windowed(publisher);
	const call = (text: string) =>
		new Promise<void>((resolve, reject) => {
			const id = String(++counter);
			waiting.set(id, answer => {
				waiting.delete(id);
				try {
					expectEcho(text, answer);
					resolve();
				} catch (error) {
					reject(error);
				}
			});
			send(requests, Buffer.from(text), {correlationId: id, replyTo: replies}).catch(reject);
		});
	return {
		loop: (callers, durationMs, bytes) => closedLoop(callers, durationMs, call, bytes),
		batch: size => batch(size, async bodies => void (await Promise.all(bodies.map(call)))),
		async stop() {
			echo.kill();
			await once(echo, 'exit');
			await consumer.deleteQueue(requests);
			await consumer.deleteQueue(replies);
			await connection.close();
		},
	};
}

type Send = (
	queue: string,
	body: Buffer,
	properties: {correlationId: string; replyTo?: string},
) => Promise<void>;

/** Publishes with at most `window` messages unconfirmed. */
function windowed(channel: ConfirmChannel): Send {
	const turns: (() => void)[] = [];
	let open = 0;
	return async (queue, body, properties) => {
		if (open >= window) await new Promise<void>(turn => turns.push(turn));
		open++;
		await new Promise<void>((resolve, reject) => {
			channel.sendToQueue(queue, body, {persistent: true, ...properties}, error =>
				error ? reject(error) : resolve(),
			);
		});
		open--;
		turns.shift()?.();
	};
}

async function echo(url: string, requests: string): Promise<void> {
	const connection = await connect(url, {noDelay: true});
	const publisher = await connection.createConfirmChannel();
	const consumer: Channel = await connection.createChannel();
	const send = windowed(publisher);
	await consumer.prefetch(window);
	const answer = async (message: ConsumeMessage): Promise<void> => {
		const {correlationId, replyTo} = message.properties as {correlationId: string; replyTo: string};
		await send(replyTo, message.content, {correlationId});
		consumer.ack(message);
	};
	await consumer.consume(requests, message => {
		if (message) void answer(message);
	});
	process.send?.('ready');
}

if (import.meta.main) await echo(process.argv[2] ?? '', process.argv[3] ?? '');
