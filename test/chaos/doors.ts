// The ways in: REST of each server, and the exchange of the broker. An offer that is not taken in time is
// made again at the next door, under the same keys, as a producer does that only wants its work done.
import type {Class} from '#actors/lane.ts';
import type {Client} from '#client/client.ts';
import {clientOf} from './balancer.ts';
import type {Cluster} from './cluster.ts';
import {type Item, loadFunction} from './work.ts';

/** What became of an offer. */
export type Offered = {
	/** The task of each item that has a receipt; undefined: it was offered to the broker, which tells none. */
	readonly taken: ReadonlyMap<number, string | undefined>;
	/** To be offered again. */
	readonly refused: readonly Item[];
};

/** Resolves once every item is taken or refused. @throws Error when nobody can say; Refused for good */
export type Offer = (items: readonly Item[]) => Promise<Offered>;

/** What says a class to the broker (docs/amqp.md). */
const priorities = {high: 8, normal: 5, low: 2} as const satisfies Record<Class, number>;

/** An item is not taken, and will not be: the harness is wrong, or the product. */
export class Refused extends Error {}

/** One of each server, and the broker's. */
export function doorsOf({urls, administer, names, answers}: Cluster): Offer[] {
	const rest = urls.map(url => restDoor(clientOf([url, ...urls.filter(other => other !== url)])));
	const publish: Offer = items =>
		administer(async channel => {
			for (const {input, options} of items) {
				channel.publish(names.tasks, loadFunction, Buffer.from(JSON.stringify(input)), {
					...{contentType: 'application/json', messageId: options.key, persistent: true},
					...{priority: priorities[options.class], replyTo: answers, correlationId: options.key},
					...(options.maxAttempts && {headers: {'x-warren-max-attempts': options.maxAttempts}}),
				});
			}
			await channel.waitForConfirms();
			return {taken: new Map(items.map(({input: {n}}) => [n, undefined])), refused: []};
		});
	return [...rest, publish];
}

const restDoor =
	(client: Client): Offer =>
	async items => {
		const taken = new Map<number, string>();
		const refused: Item[] = [];
		let at = 0;
		for await (const answer of client.submitMany(loadFunction, items)) {
			const item = items[at++] as Item;
			const {n} = item.input;
			if (answer.ok) taken.set(n, answer.receipt.task);
			else if (answer.failure.retryable) refused.push(item);
			else throw new Refused(`Item ${n} was refused: ${answer.failure.message}`);
		}
		return {taken, refused};
	};
