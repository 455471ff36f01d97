import type {ChannelModel} from 'amqplib';
import {again} from '#lib/clock.ts';
import type {Ambient} from '#observe/observe.ts';
import {countOf} from './declare.ts';
import type {Registry} from './registry.ts';
import type {Subscription} from './subscription.ts';

/** A consumer that has room is handed what waits within milliseconds. */
const idleMs = 5000;
const lookMs = 8000;
/** Who has got nothing for so long asks anew. */
const quietMs = 15_000;

type Parts = {
	readonly registry: Pick<Registry, 'queue'>;
	readonly model: () => ChannelModel | undefined;
	readonly subscriptions: () => readonly Pick<Subscription, 'queue' | 'idleSince' | 'renew' | 'refresh'>[];
	/** How many messages wait in a queue. */
	readonly depth?: typeof countOf;
};

/**
 * Consumers that the broker has forgotten, and told nothing. RabbitMQ 3.10 leaves them so whose queue was deleted
 * and made again meanwhile: it counts them as consumers still, and what it hands to them is never sent
 * (docs/decisions/0031). Whoever has room while messages wait in its queue, at two looks and with nothing in between,
 * consumes anew. Where none waits all may have been handed to somebody forgotten, which nobody is told: whoever
 * has got nothing for a while, and has nothing in hand, consumes anew, too.
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
		const {log, clock} = this.#ambient;
		const {model, subscriptions, depth = countOf} = this.#parts;
		const connection = model();
		const before = this.#suspected;
		this.#suspected = new Map();
		if (!connection) return;
		for (const subscription of subscriptions()) {
			const {queue, idleSince} = subscription;
			if (idleSince === undefined || !this.#isWatched(queue, idleSince)) continue;
			const waits = ((await depth(connection, queue)) ?? 0) > 0;
			if (subscription.idleSince !== idleSince) continue;
			if (!waits) {
				if (clock.now() - idleSince >= quietMs) void subscription.refresh();
				continue;
			}
			if (before.get(queue) !== idleSince) {
				this.#suspected.set(queue, idleSince);
				continue;
			}
			log.warn({queue}, 'messages wait, and none is handed to the consumer here: it consumes anew');
			subscription.renew();
		}
	}

	#isWatched(queue: string, idleSince: number): boolean {
		const shape = this.#parts.registry.queue(queue);
		// Of the others' queues, and where one consumer has them all, nothing follows from that.
		if (shape?.type !== 'quorum' || shape.singleActiveConsumer) return false;
		return this.#ambient.clock.now() - idleSince >= idleMs;
	}
}
