import type {ChannelModel} from 'amqplib';
import {TopologyError} from '#transport/transport.ts';
import {exchangeExists} from './declare.ts';

/** Exchanges that others made and that were there when asked. */
export class ForeignExchanges {
	readonly #seen = new Set<string>();

	has(exchange: string): boolean {
		return this.#seen.has(exchange);
	}

	/** A publish to a missing one would close the channel with all that is open on it: ask first. @throws TopologyError */
	async look(exchange: string, model: ChannelModel): Promise<void> {
		if (!(await exchangeExists(model, exchange))) {
			throw new TopologyError(`Exchange \`${exchange}\` does not exist: declare it first`);
		}
		this.#seen.add(exchange);
	}

	/** Whoever made them may have taken them away meanwhile. */
	forget(): void {
		this.#seen.clear();
	}
}
