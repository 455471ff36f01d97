// Cancels a task over AMQP by the key that it was submitted with, and prints the receipt. Needs nothing but amqplib.
//   cancel.ts FUNCTION KEY     with WARREN_BROKER_URL, WARREN_BROKER_PREFIX
import {connect} from 'amqplib';

const url = process.env.WARREN_BROKER_URL ?? 'amqp://guest:guest@localhost:5672';
const prefix = process.env.WARREN_BROKER_PREFIX ?? 'warren';
const [fn = 'markdown', key = ''] = process.argv.slice(2);

const connection = await connect(url, {noDelay: true});
const channel = await connection.createConfirmChannel();
const {queue: replies} = await channel.assertQueue('', {exclusive: true});
const answered = Promise.withResolvers<void>();
await channel.consume(
	replies,
	message => {
		if (!message) return;
		const {type} = message.properties;
		console.log(JSON.stringify({type, answer: JSON.parse(message.content.toString())}));
		process.exitCode = type === 'cancel.receipt' ? 0 : 2;
		answered.resolve();
	},
	{noAck: true},
);
channel.publish(`${prefix}.tasks`, `cancel.${fn}`, Buffer.alloc(0), {
	persistent: true,
	mandatory: true,
	// The key of the submission; publishing it again does no harm.
	messageId: key,
	replyTo: replies,
	correlationId: '1',
});
// The confirm means: offered, and never lost.
await channel.waitForConfirms();
await answered.promise;
await connection.close();
