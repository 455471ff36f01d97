// The doors that are driven from outside the server's process, as their users would.
import {connect} from 'amqplib';
import {createPoster} from './http.ts';
import {type Call, expectEcho} from './load.ts';

/** REST: `invoke` over connections that are kept. */
export function restCall(url: string): {call: Call; stop(): void} {
	const poster = createPoster(new URL('/v1/functions/echo/invoke', url));
	return {call: async text => expectEcho(text, await poster.post(text)), stop: () => poster.stop()};
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
