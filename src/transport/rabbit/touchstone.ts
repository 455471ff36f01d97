import {randomUUID} from 'node:crypto';
import type {ChannelModel} from 'amqplib';
import {type Clock, pause} from '#lib/clock.ts';

/** A disk that is well takes some ms for it. */
const patienceMs = 5000;
/** If this process dies meanwhile the broker clears it away. */
const shape = {durable: true, arguments: {'x-queue-type': 'quorum', 'x-expires': 60_000}};

/**
 * Whether the broker makes a quorum queue and confirms what is put into it, at this moment. Then its disk
 * is well and a majority of its nodes is there, and a queue that takes nothing is broken by itself.
 */
export async function takesWrites(model: ChannelModel, clock: Clock, near: string): Promise<boolean> {
	const queue = `${near}.touchstone.${randomUUID().slice(0, 8)}`;
	const channel = await model.createConfirmChannel();
	channel.on('error', () => {});
	const write = async (): Promise<boolean> => {
		await channel.assertQueue(queue, shape);
		const {promise, resolve} = Promise.withResolvers<boolean>();
		channel.sendToQueue(queue, Buffer.alloc(0), {persistent: true}, error => resolve(!error));
		return promise;
	};
	const over = new AbortController();
	try {
		return await Promise.race([write(), pause(clock, patienceMs, over.signal).then(() => false)]);
	} finally {
		over.abort();
		// Nobody waits for it: a broker that takes no writes may not answer this either.
		void channel
			.deleteQueue(queue)
			.then(() => channel.close())
			.catch(() => {});
	}
}
