// The doors that are driven from outside the server's process, as their users would.
import {Agent, request} from 'node:http';
import {connect} from 'amqplib';
import {type Call, expectEcho} from './load.ts';

/** REST: `invoke` over connections that are kept. */
export function restCall(url: string): {call: Call; stop(): void} {
	const agent = new Agent({keepAlive: true, maxSockets: 256});
	const target = new URL('/v1/functions/echo/invoke', url);
	const headers = {'content-type': 'application/json'};
	const call = (text: string) =>
		new Promise<void>((resolve, reject) => {
			const req = request(
				target,
				{method: 'POST', agent, headers: {...headers, 'content-length': text.length}},
				res => {
					let answer = '';
					res.setEncoding('utf8');
					res.on('data', chunk => {
						answer += chunk;
					});
					res.on('end', () => {
						try {
							expectEcho(text, answer);
							resolve();
						} catch (error) {
							reject(error);
						}
					});
				},
			);
			req.on('error', reject);
			req.end(text);
		});
	return {call, stop: () => agent.destroy()};
}

/** AMQP: published to `<prefix>.tasks`, read from `reply_to`. */
export async function amqpCall(url: string, prefix: string): Promise<{call: Call; stop(): Promise<void>}> {
	const connection = await connect(url, {noDelay: true});
	const publisher = await connection.createConfirmChannel();
	const consumer = await connection.createChannel();
	const waiting = new Map<string, (type: string, text: string) => void>();
	const {queue} = await consumer.assertQueue('', {exclusive: true});
	await consumer.consume(
		queue,
		message => {
			if (!message) return;
			const {correlationId, type} = message.properties as {correlationId: string; type: string};
			waiting.get(correlationId)?.(type, message.content.toString());
		},
		{noAck: true},
	);
	let counter = 0;
	const call = (text: string) =>
		new Promise<void>((resolve, reject) => {
			const correlationId = String(++counter);
			waiting.set(correlationId, (type, answer) => {
				waiting.delete(correlationId);
				try {
					if (type !== 'task.succeeded') throw new Error(`${type}: ${answer}`);
					expectEcho(text, answer);
					resolve();
				} catch (error) {
					reject(error);
				}
			});
			const properties = {correlationId, replyTo: queue, persistent: true, contentType: 'application/json'};
			publisher.publish(
				`${prefix}.tasks`,
				'echo',
				Buffer.from(text),
				properties,
				error => error && reject(error),
			);
		});
	return {call, stop: () => connection.close()};
}
