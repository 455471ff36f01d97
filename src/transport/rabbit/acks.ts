// Tells the broker the verdicts of one channel. Acks of one turn of the event loop are gathered:
// as far as they are contiguous from the oldest open delivery one frame says them all («multiple»
// means all up to this tag), the others are said one by one, so that a slow message at the head
// doesn't hold the prefetch of those behind it.
import type {Channel, ConsumeMessage} from 'amqplib';
import type {Verdict} from '#transport/transport.ts';

export class Acks {
	readonly #channel: Channel;
	/** Acks to be said. */
	#fresh: ConsumeMessage[] = [];
	/** Verdicts at or above #lowest; `said` ones the broker knows already. */
	readonly #settled = new Map<number, ConsumeMessage | 'said'>();
	/** Every delivery tag below it has its verdict. Tags count the deliveries of a channel from 1. */
	#lowest = 1;
	#scheduled = false;
	#closed = false;

	constructor(channel: Channel) {
		this.#channel = channel;
		channel.once('close', () => this.end());
	}

	/** Nothing more is said: the channel is of no use any more. */
	end(): void {
		this.#closed = true;
	}

	/** A verdict on a message of a channel that is gone is void: the broker delivers it again. */
	settle(message: ConsumeMessage, verdict: Verdict): void {
		if (this.#closed) return;
		if (verdict === 'ack') {
			this.#fresh.push(message);
			this.#settled.set(message.fields.deliveryTag, message);
		} else {
			this.#channel.nack(message, false, verdict === 'retry');
			this.#settled.set(message.fields.deliveryTag, 'said');
		}
		if (this.#scheduled) return;
		this.#scheduled = true;
		process.nextTick(() => this.flush());
	}

	flush(): void {
		this.#scheduled = false;
		if (this.#closed) return;
		const fresh = this.#fresh;
		this.#fresh = [];
		this.#sayContiguous();
		for (const message of fresh) {
			const tag = message.fields.deliveryTag;
			if (tag < this.#lowest) continue;
			this.#channel.ack(message);
			this.#settled.set(tag, 'said');
		}
	}

	#sayContiguous(): void {
		let last: ConsumeMessage | undefined;
		let count = 0;
		for (;;) {
			const settled = this.#settled.get(this.#lowest);
			if (!settled) break;
			this.#settled.delete(this.#lowest);
			this.#lowest += 1;
			if (settled === 'said') continue;
			// The tag of a «multiple» must itself still be open, or the broker closes the channel.
			last = settled;
			count += 1;
		}
		if (last) this.#channel.ack(last, count > 1);
	}
}
