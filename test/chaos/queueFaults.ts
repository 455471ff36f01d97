// What befalls the queues of work in the broker. A pool has one for each class, and the load uses them all:
// the dice say which is hit, and the blow comes when there is something in it to lose.
import {setTimeout as delay} from 'node:timers/promises';
import type {ConfirmChannel} from 'amqplib';
import {classes} from '#actors/lane.ts';
import type {Fault, Hit} from './scene.ts';

export const queueFaults = {
	async 'purge-queue'({cluster: {administer, workQueue}, dice}) {
		const priority = dice.pick(classes);
		const lost = await administer(async channel => {
			await filled(channel, workQueue(priority));
			return channel.purgeQueue(workQueue(priority));
		});
		return hit(`${lost.messageCount} messages of ${priority}`, lost.messageCount);
	},
	/** With it goes what its consumers hold and have not confirmed. */
	async 'delete-queue'({cluster: {administer, workQueue}, dice}) {
		const priority = dice.pick(classes);
		const lost = await administer(async channel => {
			await filled(channel, workQueue(priority));
			return channel.deleteQueue(workQueue(priority));
		});
		return hit(`${priority} with ${lost.messageCount} messages`, lost.messageCount);
	},
} as const satisfies Record<string, Fault>;

const hit = (what: string, lost: number): Hit => ({
	what,
	missed: lost === 0 ? 'no message was lost' : undefined,
});

/** The load may be all in the workers' hands: then it is hit as it is, which is a miss. */
const patienceMs = 3000;
const betweenMs = 5;

async function filled(channel: ConfirmChannel, queue: string): Promise<void> {
	for (const until = performance.now() + patienceMs; performance.now() < until; await delay(betweenMs)) {
		const {messageCount} = await channel.checkQueue(queue);
		if (messageCount > 0) return;
	}
}
