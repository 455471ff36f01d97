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
	/** Not to be made again now, whoever misses them. */
	readonly #spared = new Set<string>();
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
			...queues.filter(({name}) => !this.#spared.has(name)).map(queue => ({exchanges: [], queues: [queue]})),
		];
		for (const part of parts) await this.#tolerate(declare(model, part), 'error');
	}

	/** Does not make this queue while `work` goes on. */
	async spare(name: string, work: () => Promise<void>): Promise<void> {
		this.#spared.add(name);
		await work().finally(() => this.#spared.delete(name));
	}

	/** One queue, if it is ours to make. What is wrong with it will be said by who consumes it. */
	async queue(model: ChannelModel, name: string): Promise<void> {
		const shape = this.#registry.queue(name);
		if (shape && !this.#spared.has(name)) await this.#tolerate(declareQueue(model, shape), 'debug');
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
