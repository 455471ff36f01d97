import type {ChannelModel} from 'amqplib';
import {pause} from '#lib/clock.ts';
import type {Ambient} from '#observe/observe.ts';
import type {Published, Queue} from '#transport/transport.ts';
import {deleteQueue} from './declare.ts';
import type {Lane} from './lane.ts';
import type {Registry} from './registry.ts';
import {remakeAfterMs} from './remaker.ts';
import type {Restorer} from './restorer.ts';

/** A queue without a bound that refuses for so long is broken; a change of its leader takes less. */
const brokenMs = 5000;
/** So is one that has confirmed nothing for so long: a disk stalls for less, RabbitMQ refuses after more than a minute. */
const silentMs = 30_000;
const lookMs = 5000;

/**
 * Makes anew what is there and takes nothing. RabbitMQ 3.10 leaves a quorum queue that was made within
 * the last moments before a kill -9 without its log: it refuses every publish and closes the connection of
 * whoever consumes it, for ever, and only its deletion helps. That is done to queues whose content can be
 * made again; of others it is said.
 */
export class Mender {
	readonly #ambient: Ambient;
	readonly #registry: Registry;
	readonly #restorer: Restorer;
	readonly #model: () => Promise<ChannelModel>;
	/** Since when a queue has refused everything, ms since the epoch. */
	readonly #refusing = new Map<string, number>();
	#mending = false;

	constructor(ambient: Ambient, registry: Registry, restorer: Restorer, model: () => Promise<ChannelModel>) {
		this.#ambient = ambient;
		this.#registry = registry;
		this.#restorer = restorer;
		this.#model = model;
	}

	/** Looks now and then for a publish that is not answered at all. Returns what ends that. */
	watch({oldest, blocked}: Pick<Lane, 'oldest' | 'blocked'>): () => void {
		const {clock} = this.#ambient;
		const look = () => {
			const open = blocked() === undefined ? oldest() : undefined;
			if (open && clock.now() - open.since > silentMs && !this.#mending) this.#suspect(open.queue);
			callOff = clock.after(lookMs, look);
		};
		let callOff = clock.after(lookMs, look);
		return () => callOff();
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

	#suspect(name: string): void {
		const queue = this.#registry.queue(name);
		// One that is full may refuse.
		if (queue?.type !== 'quorum' || queue.maxBytes !== undefined || queue.maxLength !== undefined) return;
		if (this.#mending) return;
		this.#mending = true;
		void this.#mend(queue)
			.catch(err => this.#ambient.log.warn({err, queue: name}, 'a broken queue stays'))
			.then(() => {
				this.#mending = false;
			});
	}

	async #mend({name, expendable}: Queue): Promise<void> {
		const {log, clock} = this.#ambient;
		if (!expendable) {
			log.error({queue: name}, 'a queue takes nothing though it has no bound: see operating.md');
			return;
		}
		log.error({queue: name}, 'a queue takes nothing though it has no bound: it is deleted and made anew');
		await deleteQueue(await this.#model(), name);
		await pause(clock, remakeAfterMs);
		await this.#restorer.queue(await this.#model(), name);
	}
}
