import type {ChannelModel} from 'amqplib';
import {again} from '#lib/clock.ts';
import type {Ambient} from '#observe/observe.ts';
import {countOf} from './declare.ts';
import type {Registry} from './registry.ts';
import type {Subscription} from './subscription.ts';

/** A consumer that has room is handed what waits within milliseconds. */
const idleMs = 5000;
const lookMs = 8000;

type Parts = {
	readonly registry: Pick<Registry, 'queue'>;
	readonly model: () => ChannelModel | undefined;
	readonly subscriptions: () => readonly Pick<Subscription, 'queue' | 'idleSince' | 'renew'>[];
	/** How many messages wait in a queue. */
	readonly depth?: typeof countOf;
};

/**
 * Consumers that the broker has forgotten, and told nothing: they have room, messages wait in their queue, and
 * none comes. RabbitMQ 3.10 leaves them so whose queue was deleted and made again within milliseconds: it counts
 * them as consumers still. Whoever is found so at two looks, with nothing in between, consumes anew.
 */
export class Starved {
	readonly #ambient: Ambient;
	readonly #parts: Parts;
	/** By queue: since when its consumer has got nothing, as it was at the last look. */
	#suspected = new Map<string, number>();

	constructor(ambient: Ambient, parts: Parts) {
		this.#ambient = ambient;
		this.#parts = parts;
	}

	/** Looks now and then. Returns what ends that. */
	watch(): () => void {
		const {clock, log} = this.#ambient;
		return again(clock, lookMs, () =>
			this.#look().catch(error => log.debug({err: error}, 'consumers could not be looked after')),
		);
	}

	async #look(): Promise<void> {
		const {log} = this.#ambient;
		const {model, subscriptions} = this.#parts;
		const connection = model();
		const before = this.#suspected;
		this.#suspected = new Map();
		if (!connection) return;
		for (const subscription of subscriptions()) {
			const {queue, idleSince} = subscription;
			if (idleSince === undefined || !(await this.#waits(connection, queue, idleSince))) continue;
			if (subscription.idleSince !== idleSince) continue;
			if (before.get(queue) !== idleSince) {
				this.#suspected.set(queue, idleSince);
				continue;
			}
			log.warn({queue}, 'messages wait, and none is handed to the consumer here: it consumes anew');
			subscription.renew();
		}
	}

	async #waits(model: ChannelModel, queue: string, idleSince: number): Promise<boolean> {
		const {registry, depth = countOf} = this.#parts;
		const shape = registry.queue(queue);
		// Of the others' queues, and where one consumer has them all, nothing follows from that.
		if (shape?.type !== 'quorum' || shape.singleActiveConsumer) return false;
		if (this.#ambient.clock.now() - idleSince < idleMs) return false;
		return ((await depth(model, queue)) ?? 0) > 0;
	}
}
