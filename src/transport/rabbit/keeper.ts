import type {ChannelModel} from 'amqplib';
import {again} from '#lib/clock.ts';
import type {Ambient} from '#observe/observe.ts';
import {bindQueue, declareExchange} from './declare.ts';
import type {Registry} from './registry.ts';

/** Producers are refused for at most so long once somebody has taken a binding away. */
export const keepMs = 10_000;

/**
 * Exchanges and bindings that somebody has deleted, kept as they were declared. A deleted queue is missed by
 * its consumer; a binding is missed by nobody: what should have come this way just does not come any more.
 */
export class Keeper {
	readonly #ambient: Ambient;
	readonly #registry: Registry;
	readonly #model: () => ChannelModel | undefined;
	#said = '';

	constructor(ambient: Ambient, registry: Registry, model: () => ChannelModel | undefined) {
		this.#ambient = ambient;
		this.#registry = registry;
		this.#model = model;
	}

	/** Looks now and then. Returns what ends that. */
	watch(): () => void {
		return again(this.#ambient.clock, keepMs, () => this.#keep());
	}

	async #keep(): Promise<void> {
		const model = this.#model();
		// A new connection declares all of it anyway.
		if (!model) return;
		const {exchanges, queues} = this.#registry.durable();
		const works = [
			...exchanges.map(exchange => () => declareExchange(model, exchange)),
			...[...queues, ...this.#registry.exclusive()].flatMap(({name, bindings = []}) =>
				bindings.map(binding => () => bindQueue(model, name, binding)),
			),
		];
		let trouble = '';
		for (const work of works) {
			await work().catch((error: unknown) => {
				trouble ||= error instanceof Error ? error.message : String(error);
			});
		}
		if (trouble !== '' && trouble !== this.#said && this.#model() === model) {
			this.#ambient.log.warn({why: trouble}, 'an exchange or a binding could not be kept');
		}
		this.#said = trouble;
	}
}
