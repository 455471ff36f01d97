import type {ChannelModel} from 'amqplib';
import type {Ambient} from '#observe/observe.ts';
import {type ConsumeOptions, type Consumer, type Handler, TopologyError} from '#transport/transport.ts';
import type {Mender} from './mender.ts';
import type {Registry} from './registry.ts';
import type {Restorer} from './restorer.ts';
import {Subscription} from './subscription.ts';

type Parts = {
	readonly registry: Registry;
	readonly restorer: Restorer;
	/** The connection that is good at the moment. */
	readonly current: () => ChannelModel | undefined;
	/** The next good one. */
	readonly model: () => Promise<ChannelModel>;
	readonly mending: Mender['mending'];
	/** Makes a queue of ours again that was deleted. */
	readonly remake: (queue: string) => Promise<void>;
};

/** What this transport consumes, whichever connection it has. */
export class Subscriptions {
	readonly #ambient: Ambient;
	readonly #parts: Parts;
	readonly #lasting = new Set<Subscription>();
	/** Not subscribed yet for the first time. */
	readonly #arriving = new Set<Subscription>();

	constructor(ambient: Ambient, parts: Parts) {
		this.#ambient = ambient;
		this.#parts = parts;
	}

	all(): readonly Subscription[] {
		return [...this.#lasting, ...this.#arriving];
	}

	/** @throws TopologyError, TransportDown */
	async add(queue: string, options: ConsumeOptions, handle: Handler): Promise<Consumer> {
		const {registry, restorer, current} = this.#parts;
		const subscription = new Subscription(this.#ambient, {
			...{...options, queue, handle, current},
			prepare: model => restorer.queue(model, queue),
			knocks: () => registry.queue(queue)?.expendable === true,
		});
		this.#arriving.add(subscription);
		try {
			await this.#attach(subscription);
		} finally {
			this.#arriving.delete(subscription);
		}
		this.#lasting.add(subscription);
		return {
			cancel: () => {
				this.#lasting.delete(subscription);
				return subscription.cancel();
			},
		};
	}

	/** All of it, on a new connection; resolves after the first try of each. */
	async reattach(model: ChannelModel): Promise<void> {
		await Promise.all([...this.#lasting].map(subscription => subscription.reattach(model)));
	}

	/** What is not subscribed on this connection, nor about to be. */
	ensure(model: ChannelModel): void {
		for (const subscription of this.#lasting) subscription.ensure(model);
	}

	/** The connection is lost. */
	detach(): void {
		for (const subscription of this.#lasting) subscription.detach();
	}

	/** Takes no more; resolves when all in hand has its verdict. */
	async cancel(): Promise<void> {
		await Promise.all([...this.#lasting].map(subscription => subscription.cancel()));
	}

	async #attach(subscription: Subscription): Promise<void> {
		const {model, mending, registry, remake} = this.#parts;
		try {
			await subscription.attach(await model());
		} catch (error) {
			// Who consumes a broken queue hears of its end before it is made anew.
			const done = mending(subscription.queue);
			// One that was declared here, and deleted since, is ours to make.
			const isOurs = error instanceof TopologyError && registry.queue(subscription.queue) !== undefined;
			if (!done && !isOurs) throw error;
			await (done ?? remake(subscription.queue));
			await subscription.attach(await model());
		}
	}
}
