import type {ChannelModel} from 'amqplib';
import {again, pause} from '#lib/clock.ts';
import type {Ambient} from '#observe/observe.ts';
import {type Published, type Queue, TransportDown} from '#transport/transport.ts';
import {countOf, deleteQueue} from './declare.ts';
import {knock} from './knock.ts';
import type {Lane} from './lane.ts';
import type {Registry} from './registry.ts';
import {remakeAfterMs} from './remaker.ts';
import type {Restorer} from './restorer.ts';
import type {Subscription} from './subscription.ts';
import {takesWrites} from './touchstone.ts';

/** A queue without a bound that refuses for so long is broken; a change of its leader takes less. */
const brokenMs = 5000;
/** So is one that has confirmed nothing for so long: a disk stalls for less, RabbitMQ refuses after more than a minute. */
const silentMs = 30_000;
/** At a queue that somebody has asked for so long to consume he knocks. */
const lateMs = 2000;
const lookMs = 5000;

type Parts = {
	readonly registry: Registry;
	readonly restorer: Restorer;
	/** Of the connection that publishes: the one that consumes may wait for the broken queue itself. */
	readonly model: () => Promise<ChannelModel>;
	readonly lane: Pick<Lane, 'silent' | 'blocked' | 'publish'>;
	readonly subscriptions: () => readonly Subscription[];
};

/**
 * Makes anew what is there and takes nothing. RabbitMQ 3.10 leaves a quorum queue that was made within
 * the last moments before a kill -9 without its log: it confirms nothing and closes the connection of
 * whoever consumes it, for ever, and only its deletion helps. That is done to queues whose content can be
 * made again, on the evidence of docs/decisions/0025; of others it is said.
 */
export class Mender {
	readonly #ambient: Ambient;
	readonly #parts: Parts;
	/** Since when a queue has refused everything, ms since the epoch. */
	readonly #refusing = new Map<string, number>();
	/** Knocked at, and not answered yet. */
	readonly #knocked = new Set<string>();
	#mending: {readonly queue: string; readonly done: Promise<void>} | undefined;

	constructor(ambient: Ambient, parts: Parts) {
		this.#ambient = ambient;
		this.#parts = parts;
	}

	/** Looks now and then for what is not answered at all. Returns what ends that. */
	watch(): () => void {
		return again(this.#ambient.clock, lookMs, () => this.#look());
	}

	/** What the broker said to a publish to this queue. */
	heard(name: string, published: Published): void {
		if (published !== 'refused') {
			if (this.#refusing.size > 0) this.#refusing.delete(name);
			return;
		}
		const now = this.#ambient.clock.now();
		const since = this.#refusing.get(name);
		if (since === undefined) this.#refusing.set(name, now);
		if (since === undefined || now - since < brokenMs) return;
		// Again only after as long as this took.
		this.#refusing.delete(name);
		this.#suspect(name);
	}

	/** Settles when this queue is made anew, or left as it is; undefined: nobody is about it. */
	mending(queue: string): Promise<void> | undefined {
		return this.#mending?.queue === queue ? this.#mending.done : undefined;
	}

	#look(): void {
		const {lane, subscriptions} = this.#parts;
		if (lane.blocked() !== undefined) return;
		const now = this.#ambient.clock.now();
		for (const {queue, since} of subscriptions()) {
			if (since !== undefined && now - since > lateMs) this.#knock(queue);
		}
		for (const queue of lane.silent(now - silentMs)) this.#suspect(queue);
	}

	/** Where others write too, a knock would be taken for one of theirs. */
	#knock(queue: string): void {
		const isOurs = this.#parts.registry.queue(queue)?.expendable === true && this.#isMendable(queue);
		if (!isOurs || this.#knocked.has(queue)) return;
		this.#knocked.add(queue);
		this.#parts.lane
			.publish(knock(queue))
			.then(published => this.heard(queue, published))
			// The connection was lost, and with it whatever waited.
			.catch(() => {})
			.finally(() => this.#knocked.delete(queue));
	}

	/** One that is full may refuse. */
	#isMendable(name: string): boolean {
		const queue = this.#parts.registry.queue(name);
		return queue?.type === 'quorum' && queue.maxBytes === undefined && queue.maxLength === undefined;
	}

	#suspect(name: string): void {
		const queue = this.#parts.registry.queue(name);
		if (!queue || !this.#isMendable(name) || this.#mending) return;
		const done = this.#mend(queue)
			.catch(err => this.#ambient.log.warn({err, queue: name}, 'a broken queue stays'))
			.then(() => {
				this.#mending = undefined;
			});
		this.#mending = {queue: name, done};
	}

	async #mend({name, expendable}: Queue): Promise<void> {
		const {log, clock} = this.#ambient;
		const {model, restorer} = this.#parts;
		if (!expendable) {
			log.error({queue: name}, 'a queue takes nothing though it has no bound: see operating.md');
			return;
		}
		const why = await this.#doubt(name);
		if (why !== undefined) {
			log.warn({queue: name, why}, 'a queue takes nothing, but may not be broken: it is left as it is');
			return;
		}
		log.error({queue: name}, 'a queue takes nothing though it has no bound: it is deleted and made anew');
		await restorer.spare(name, async () => {
			await deleteQueue(await model(), name).catch((error: unknown) => {
				// The connection that has published to it is closed with it, maybe before the answer.
				if (!(error instanceof TransportDown)) throw error;
			});
			await pause(clock, remakeAfterMs);
		});
		await restorer.queue(await model(), name);
	}

	/** Why it may only be slow, and hold what somebody was told is safe; undefined: it has lost its log. */
	async #doubt(name: string): Promise<string | undefined> {
		const model = await this.#parts.model();
		const own = this.#parts.subscriptions().find(({queue}) => queue === name);
		if (own && own.since === undefined) return 'it is consumed here';
		if (((await countOf(model, name)) ?? 0) > 0) return 'it says that it holds messages';
		if (!(await takesWrites(model, this.#ambient.clock, name))) return 'no other queue takes anything either';
		return undefined;
	}
}
