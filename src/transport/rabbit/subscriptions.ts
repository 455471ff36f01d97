import type {ChannelModel} from 'amqplib';
import {pause} from '#lib/clock.ts';
import type {Ambient} from '#observe/observe.ts';
import {
	type ConsumeOptions,
	type Consumer,
	type Handler,
	TopologyError,
	TransportDown,
} from '#transport/transport.ts';
import {delayOf, pace} from './backoff.ts';
import type {Mender} from './mender.ts';
import type {Registry} from './registry.ts';
import type {Restorer} from './restorer.ts';
import {Subscription} from './subscription.ts';

/** A broken queue is mended within some 40 s. */
const arrivalMs = 60_000;

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
			await this.#arrive(subscription);
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

	/**
	 * A connection that is lost meanwhile is no reason to give up: a broken queue closes those of all who ask
	 * for it, until it is mended.
	 */
	async #arrive(subscription: Subscription): Promise<void> {
		const {clock, log} = this.#ambient;
		const {model} = this.#parts;
		const until = clock.now() + arrivalMs;
		for (let tries = 1; ; tries++) {
			// Has waited long enough by itself.
			await model();
			try {
				return await this.#attach(subscription);
			} catch (error) {
				if (!(error instanceof TransportDown) || clock.now() >= until) throw error;
				log.warn({queue: subscription.queue, why: error.message}, 'a queue cannot be consumed yet');
			}
			await pause(clock, delayOf(pace, tries, Math.random));
		}
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
