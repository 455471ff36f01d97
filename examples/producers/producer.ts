// Submits one task over AMQP and waits for its answer. Needs nothing but amqplib.
//   producer.ts FUNCTION [JSON]     with WARREN_BROKER_URL, WARREN_BROKER_PREFIX
import {randomUUID} from 'node:crypto';
import {connect} from 'amqplib';

const url = process.env.WARREN_BROKER_URL ?? 'amqp://guest:guest@localhost:5672';
const prefix = process.env.WARREN_BROKER_PREFIX ?? 'warren';
const [fn = 'markdown', body = 'null'] = process.argv.slice(2);

const connection = await connect(url, {noDelay: true});
const channel = await connection.createConfirmChannel();
const {queue: replies} = await channel.assertQueue('', {exclusive: true});
const answered = Promise.withResolvers<void>();
await channel.consume(
	replies,
	message => {
		if (!message) return;
		const {type, headers} = message.properties;
		console.log(
			JSON.stringify({
				type,
				task: headers?.['x-warren-task'],
				answer: JSON.parse(message.content.toString()),
			}),
		);
		process.exitCode = type === 'task.succeeded' ? 0 : 2;
		answered.resolve();
	},
	{noAck: true},
);
channel.publish(`${prefix}.tasks`, fn, Buffer.from(body), {
	contentType: 'application/json',
	persistent: true,
	mandatory: true,
	// The idempotency key: publishing it again makes no second task.
	messageId: randomUUID(),
	replyTo: replies,
	correlationId: '1',
});
// The confirm means: offered, and never lost.
await channel.waitForConfirms();
await answered.promise;
await connection.close();
