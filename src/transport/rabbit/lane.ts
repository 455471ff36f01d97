// Confirmed publishing. A publish is open from the moment it is written until the broker confirms
// it; at most `window` are open, the rest waits here, in order. The tag of a publish is its number
// on the channel: confirms name it, and it travels in a header, because a return (no queue for this
// key) names nothing else; the return comes before its confirm. When the channel is lost nobody can
// say which of the open ones were taken, so they are rejected, never silently sent again.
import {type ConfirmChannel, IllegalOperationError} from 'amqplib';
import type {Clock} from '#lib/clock.ts';
import {Ring} from '#transport/ring.ts';
import {type Outgoing, type Published, TransportDown} from '#transport/transport.ts';
import {optionsOf, tagOf} from './properties.ts';

type Open = {
	readonly resolve: (published: Published) => void;
	readonly reject: (error: Error) => void;
	/** The queue it goes to; empty: an exchange decides. */
	readonly queue: string;
	/** When it was given to us, and once it is sent: when that was; ms since the epoch. */
	since: number;
	unroutable: boolean;
};

/** `patienceMs`: for a lost connection. */
type Waiting = Open & {readonly message: Outgoing; readonly patienceMs: number};

export type LaneOptions = {
	/** Most publishes open at once. */
	readonly window: number;
	/** How long a publish may wait for a lost connection, ms. */
	readonly patienceMs: number;
	/** Why the broker refuses writes at the moment. */
	readonly blocked: () => string | undefined;
};

export class Lane {
	readonly #clock: Clock;
	readonly #options: LaneOptions;
	#channel: ConfirmChannel | undefined;
	/** The tag of the next publish. */
	#next = 1;
	/** Every tag below it is confirmed. */
	#lowest = 1;
	#open = new Map<number, Open>();
	readonly #waiting = new Ring<Waiting>();
	/** The socket's buffer is full until `drain`. */
	#full = false;
	#downSince: number;
	/** When the first that waits is given up, and how that is called off. */
	#alarm: {readonly at: number; readonly off: () => void} | undefined;
	#closing: string | undefined;
	readonly #idle: (() => void)[] = [];

	constructor(clock: Clock, options: LaneOptions) {
		this.#clock = clock;
		this.#options = options;
		this.#downSince = clock.now();
	}

	/** Why publishes wait at the moment. */
	blocked(): string | undefined {
		if (!this.#channel) return 'connecting';
		return this.#options.blocked() ?? (this.#full ? 'the socket is full' : undefined);
	}

	/** Sends on this channel from now on, until it closes. */
	attach(channel: ConfirmChannel): void {
		this.#channel = channel;
		this.#next = 1;
		this.#lowest = 1;
		this.#full = false;
		channel.on('ack', ({deliveryTag, multiple}) => this.#confirm(deliveryTag, multiple, 'taken'));
		channel.on('nack', ({deliveryTag, multiple}) => this.#confirm(deliveryTag, multiple, 'refused'));
		channel.on('return', message => {
			const open = this.#open.get(tagOf(message) ?? 0);
			if (open) open.unroutable = true;
		});
		channel.on('drain', () => {
			this.#full = false;
			this.pump();
		});
		channel.once('close', () => this.#lose(channel));
		this.pump();
	}

	publish(message: Outgoing, patienceMs = this.#options.patienceMs): Promise<Published> {
		if (this.#closing)
			return Promise.reject(new TransportDown(`The connection to the broker is ${this.#closing}`));
		return new Promise((resolve, reject) => {
			const queue = message.exchange === '' ? message.key : '';
			const open = {resolve, reject, queue, since: this.#clock.now(), unroutable: false};
			if (this.#waiting.size === 0 && this.#hasRoom()) this.#send(message, open);
			else this.#wait({...open, message, patienceMs});
		});
	}

	/** The queues that have not confirmed what they were sent before `since`. */
	silent(since: number): Set<string> {
		const queues = new Set<string>();
		for (const open of this.#open.values()) {
			if (open.since >= since) break;
			if (open.queue !== '') queues.add(open.queue);
		}
		return queues;
	}

	/** Sends what waits as far as there is room. */
	pump(): void {
		while (this.#waiting.size > 0 && this.#hasRoom()) {
			const waiting = this.#waiting.shift();
			if (!waiting) break;
			waiting.since = this.#clock.now();
			this.#send(waiting.message, waiting);
		}
		if (this.#open.size > 0 || this.#waiting.size > 0) return;
		for (const resolve of this.#idle.splice(0)) resolve();
	}

	/** Takes nothing new; resolves when nothing is open, or after `patienceMs`, when the rest is rejected. */
	async close(why: string): Promise<void> {
		this.#closing = why;
		if (!this.#channel) this.#rejectWaiting(Number.POSITIVE_INFINITY);
		if (this.#open.size > 0 || this.#waiting.size > 0) await this.#drain();
		this.#alarm?.off();
	}

	async #drain(): Promise<void> {
		const {promise, resolve} = Promise.withResolvers<void>();
		this.#idle.push(resolve);
		const off = this.#clock.after(this.#options.patienceMs, resolve);
		await promise;
		off();
		this.#rejectWaiting(Number.POSITIVE_INFINITY);
		this.#rejectOpen('was not confirmed in time');
	}

	#hasRoom(): boolean {
		if (!this.#channel || this.#full || this.#open.size >= this.#options.window) return false;
		return this.#options.blocked() === undefined;
	}

	#send(message: Outgoing, open: Open): void {
		const tag = this.#next;
		const {exchange, key, body} = message;
		try {
			this.#full = this.#channel?.publish(exchange, key, body, optionsOf(message, tag)) === false;
		} catch (error) {
			// Not encodable (headers over 64 KiB), or the channel closed under us: nothing was written.
			const closed = error instanceof IllegalOperationError;
			open.reject(closed || !(error instanceof Error) ? this.#lost(`was not sent: ${String(error)}`) : error);
			return;
		}
		this.#next += 1;
		this.#open.set(tag, open);
	}

	#wait(waiting: Waiting): void {
		this.#waiting.push(waiting);
		if (!this.#channel) this.#arm(this.#dueOf(waiting));
	}

	#confirm(tag: number, multiple: boolean, published: Published): void {
		if (multiple) for (let each = this.#lowest; each < tag; each += 1) this.#settle(each, published);
		this.#settle(tag, published);
		while (this.#lowest < this.#next && !this.#open.has(this.#lowest)) this.#lowest += 1;
		this.pump();
	}

	#settle(tag: number, published: Published): void {
		const open = this.#open.get(tag);
		if (!open) return;
		this.#open.delete(tag);
		open.resolve(open.unroutable && published === 'taken' ? 'unroutable' : published);
	}

	#lose(channel: ConfirmChannel): void {
		if (this.#channel !== channel) return;
		this.#channel = undefined;
		this.#downSince = this.#clock.now();
		this.#rejectOpen('was lost before the broker confirmed it: it may or may not have been taken');
		if (this.#closing) this.#rejectWaiting(Number.POSITIVE_INFINITY);
		this.#armAll();
		this.pump();
	}

	#rejectOpen(why: string): void {
		const open = this.#open;
		this.#open = new Map();
		for (const {reject} of open.values()) reject(this.#lost(why));
	}

	#dueOf({since, patienceMs}: Waiting): number {
		return Math.max(since, this.#downSince) + patienceMs;
	}

	#armAll(): void {
		let first = Number.POSITIVE_INFINITY;
		for (const waiting of this.#waiting) first = Math.min(first, this.#dueOf(waiting));
		if (first < Number.POSITIVE_INFINITY) this.#arm(first);
	}

	/** One timer for all that waits. */
	#arm(at: number): void {
		if (this.#alarm && this.#alarm.at <= at) return;
		this.#alarm?.off();
		const off = this.#clock.after(at - this.#clock.now(), () => {
			this.#alarm = undefined;
			if (this.#channel) return;
			this.#rejectWaiting(this.#clock.now());
			this.#armAll();
		});
		this.#alarm = {at, off};
	}

	/** Gives up what has waited out its patience by `now`. */
	#rejectWaiting(now: number): void {
		this.#waiting.retain(waiting => {
			if (this.#dueOf(waiting) > now) return true;
			waiting.reject(this.#lost(`was not sent: no connection for ${waiting.patienceMs} ms`));
			return false;
		});
		this.pump();
	}

	#lost(why: string): TransportDown {
		return new TransportDown(`A message ${why}`);
	}
}
