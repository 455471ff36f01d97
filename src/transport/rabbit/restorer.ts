import type {ChannelModel} from 'amqplib';
import type {Ambient} from '#observe/observe.ts';
import {type Queue, TopologyError} from '#transport/transport.ts';
import {persist} from './backoff.ts';
import {declare, declareQueue} from './declare.ts';
import type {Registry} from './registry.ts';

/** Declares again, on a new connection, what was declared on the one before. */
export class Restorer {
	readonly #ambient: Ambient;
	readonly #registry: Registry;
	#lost = new AbortController();

	constructor(ambient: Ambient, registry: Registry) {
		this.#ambient = ambient;
		this.#registry = registry;
	}

	/**
	 * What outlives connections; it is there already unless the broker lost its data. A queue that
	 * somebody has made otherwise meanwhile is used as it is: refusing would stop the others too.
	 */
	async durable(model: ChannelModel): Promise<void> {
		const {exchanges, queues} = this.#registry.durable();
		const parts = [
			...exchanges.map(exchange => ({exchanges: [exchange], queues: []})),
			...queues.map(queue => ({exchanges: [], queues: [queue]})),
		];
		for (const part of parts) await this.#tolerate(declare(model, part), 'error');
	}

	/** One queue, if it is ours to make. What is wrong with it will be said by who consumes it. */
	async queue(model: ChannelModel, name: string): Promise<void> {
		const shape = this.#registry.queue(name);
		if (shape) await this.#tolerate(declareQueue(model, shape), 'debug');
	}

	/** The broker may still hold them for our lost connection until its heartbeats are missed: then again. */
	async exclusive(model: ChannelModel): Promise<void> {
		this.lose();
		this.#lost = new AbortController();
		for (const queue of this.#registry.exclusive()) {
			try {
				await declareQueue(model, queue);
			} catch (error) {
				if (!(error instanceof TopologyError)) throw error;
				this.#insist(model, queue, error);
			}
		}
	}

	/** The connection is lost: stops trying. */
	lose(): void {
		this.#lost.abort();
	}

	async #tolerate(declaring: Promise<void>, level: 'error' | 'debug'): Promise<void> {
		try {
			await declaring;
		} catch (error) {
			if (!(error instanceof TopologyError)) throw error;
			this.#ambient.log[level]({err: error}, 'what was declared before has another shape now');
		}
	}

	#insist(model: ChannelModel, queue: Queue, error: TopologyError): void {
		const {log, clock} = this.#ambient;
		log.warn({queue: queue.name, why: error.message}, 'an exclusive queue cannot be made again yet');
		const again = () => declareQueue(model, queue);
		void persist(clock, this.#lost.signal, again, () => {});
	}
}
