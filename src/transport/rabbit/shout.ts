// Publishing that nobody waits for: events, heartbeats. Not confirmed, not written to disk, and
// dropped rather than kept while the broker takes nothing, so that it can't fill the memory.
import {type Channel, IllegalOperationError} from 'amqplib';
import type {Logger} from '#observe/observe.ts';
import type {Outgoing} from '#transport/transport.ts';
import {optionsOf} from './properties.ts';

export class Shout {
	readonly #log: Logger;
	readonly #blocked: () => string | undefined;
	#channel: Channel | undefined;
	#full = false;
	/** Messages dropped since the broker last took one. */
	#dropped = 0;

	constructor(log: Logger, blocked: () => string | undefined) {
		this.#log = log;
		this.#blocked = blocked;
	}

	attach(channel: Channel): void {
		this.#channel = channel;
		this.#full = false;
		channel.on('drain', () => {
			this.#full = false;
		});
		channel.once('close', () => {
			if (this.#channel === channel) this.#channel = undefined;
		});
	}

	/** @throws RangeError when the headers are larger than 64 KiB */
	publish(message: Outgoing): void {
		if (!this.#channel || this.#full || this.#blocked() !== undefined) {
			this.#dropped += 1;
			return;
		}
		if (this.#dropped > 0)
			this.#log.warn(
				{dropped: this.#dropped},
				'events and heartbeats were left out while the broker took none; tasks and outcomes wait, and are sent',
			);
		this.#dropped = 0;
		const {exchange, key, body} = message;
		try {
			this.#full = !this.#channel.publish(exchange, key, body, optionsOf(message));
		} catch (error) {
			// The channel is closing under us; anything else is the caller's mistake.
			if (!(error instanceof IllegalOperationError)) throw error;
			this.#dropped += 1;
		}
	}
}
