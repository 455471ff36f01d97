import type {ChannelModel} from 'amqplib';
import {pause} from '#lib/clock.ts';
import type {Ambient} from '#observe/observe.ts';
import type {Restorer} from './restorer.ts';

/**
 * RabbitMQ 3.10 takes some 20 ms to end a deleted queue that is consumed. Made again before that, it keeps
 * the old consumer, which is never told, gets messages and hands none to anybody.
 */
export const remakeAfterMs = 500;

/** Makes queues of ours again that somebody has deleted; each once, however many publishes miss it. */
export class Remaker {
	readonly #ambient: Ambient;
	readonly #restorer: Restorer;
	readonly #model: () => Promise<ChannelModel>;
	readonly #making = new Map<string, Promise<void>>();

	constructor(ambient: Ambient, restorer: Restorer, model: () => Promise<ChannelModel>) {
		this.#ambient = ambient;
		this.#restorer = restorer;
		this.#model = model;
	}

	/** @throws TransportDown */
	make(queue: string): Promise<void> {
		const known = this.#making.get(queue);
		if (known) return known;
		const making = this.#make(queue).finally(() => this.#making.delete(queue));
		this.#making.set(queue, making);
		return making;
	}

	async #make(queue: string): Promise<void> {
		const {log, clock} = this.#ambient;
		log.warn({queue}, 'a queue was deleted; it is made again');
		await pause(clock, remakeAfterMs);
		await this.#restorer.queue(await this.#model(), queue);
	}
}
