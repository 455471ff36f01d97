import type {ChannelModel} from 'amqplib';
import {TopologyError} from '#transport/transport.ts';
import {exchangeExists} from './declare.ts';

/** Exchanges that others made and that were there when asked. */
export class ForeignExchanges {
	readonly #seen = new Set<string>();

	/** A publish to a missing one would close the channel with all that is open on it: ask first. @throws TopologyError */
	async look(exchange: string, model: () => Promise<ChannelModel>): Promise<void> {
		if (this.#seen.has(exchange)) return;
		if (!(await exchangeExists(await model(), exchange))) {
			throw new TopologyError(`Exchange \`${exchange}\` does not exist: declare it first`);
		}
		this.#seen.add(exchange);
	}

	/** Whoever made them may have taken them away meanwhile. */
	forget(): void {
		this.#seen.clear();
	}
}
