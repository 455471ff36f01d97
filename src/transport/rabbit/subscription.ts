// One consumer on a channel of its own, so that neither its prefetch nor its mistakes touch another.
// The channel may be lost at any time (connection, deleted queue, broker's time limit): then it is
// opened again, and what was in hand comes again; verdicts on the lost channel's messages are void.
import type {Channel, ChannelModel, ConsumeMessage} from 'amqplib';
import {atMost, pause} from '#lib/clock.ts';
import type {Ambient} from '#observe/observe.ts';
import {judge} from '#transport/judge.ts';
import {Ring} from '#transport/ring.ts';
import type {ConsumeOptions, Handler, Verdict} from '#transport/transport.ts';
import {Acks} from './acks.ts';
import {persist} from './backoff.ts';
import {explain} from './declare.ts';
import {isKnock} from './knock.ts';
import {deliveryOf} from './properties.ts';
import {remakeAfterMs} from './remaker.ts';

export type SubscriptionOptions = ConsumeOptions & {
	readonly queue: string;
	readonly handle: Handler;
	/** Makes the queue again where it is ours to make. */
	readonly prepare: (model: ChannelModel) => Promise<void>;
	/** The connection that is good at the moment. */
	readonly current: () => ChannelModel | undefined;
	/** Only we write to this queue, so that a knock in it is ours. */
	readonly knocks: () => boolean;
};

/** How long the broker may take to answer a goodbye, ms. */
const farewellMs = 2000;

type Held = {readonly message: ConsumeMessage; readonly acks: Acks};
type Source = {readonly channel: Channel; readonly acks: Acks; tag: string};

export class Subscription {
	readonly #ambient: Ambient;
	readonly #options: SubscriptionOptions;
	readonly #hurry = new AbortController();
	#source: Source | undefined;
	/** Ends the tries on a connection that is lost or replaced. */
	#trying: AbortController | undefined;
	/** Came while the hands were full with messages of a lost channel. */
	#held = new Ring<Held>();
	#inHand = 0;
	#cancelling: Promise<void> | undefined;
	#drained: (() => void) | undefined;
	#since: number | undefined;
	/** When the broker ended it last: its queue was deleted. */
	#endedAt = Number.NEGATIVE_INFINITY;
	#idleSince = 0;

	constructor(ambient: Ambient, options: SubscriptionOptions) {
		const {prefetch} = options;
		if (!Number.isInteger(prefetch) || prefetch < 1 || prefetch > 65_535) {
			throw new TypeError(`Expected \`prefetch\` to be an integer from 1 to 65535, got \`${prefetch}\``);
		}
		this.#ambient = ambient;
		this.#options = options;
	}

	get queue(): string {
		return this.#options.queue;
	}

	/**
	 * Since when it asks in vain to be let consume, ms since the epoch, on however many connections: a broken
	 * queue may close one after the other. Undefined: it does not.
	 */
	get since(): number | undefined {
		return this.#since;
	}

	/** Since when it has room and got nothing, ms since the epoch; undefined: it has none, or is not subscribed. */
	get idleSince(): number | undefined {
		const hasRoom = this.#inHand < this.#options.prefetch && !this.#cancelling;
		return this.#source && hasRoom ? this.#idleSince : undefined;
	}

	/** Subscribes once. @throws TopologyError, TransportDown */
	async attach(model: ChannelModel): Promise<void> {
		const {queue, prefetch} = this.#options;
		this.#since ??= this.#ambient.clock.now();
		try {
			const channel = await model.createChannel();
			channel.on('error', error => {
				this.#ambient.log.debug({queue, why: error.message}, 'the broker closed the channel of a consumer');
			});
			channel.once('close', () => this.#lose(channel, model));
			const acks = new Acks(channel);
			await channel.prefetch(prefetch);
			const tag = await this.#consume(channel, acks);
			if (this.#cancelling) await channel.close();
			else this.#source = {channel, tag, acks};
			this.#since = undefined;
		} catch (error) {
			throw explain(error, `Queue \`${queue}\``);
		}
	}

	async #consume(channel: Channel, acks: Acks): Promise<string> {
		const {consumerTag} = await channel.consume(this.#options.queue, message => {
			if (message) return this.#take({message, acks});
			// The queue was deleted, or the broker lost patience: what is left of the channel is useless.
			this.#endedAt = this.#ambient.clock.now();
			acks.end();
			void channel.close().catch(() => {});
		});
		this.#idleSince = this.#ambient.clock.now();
		return consumerTag;
	}

	/** Subscribes anew; resolves after the first try, further ones go on behind it. */
	async reattach(model: ChannelModel): Promise<void> {
		const {queue, prepare} = this.#options;
		const {clock} = this.#ambient;
		this.detach();
		const trying = new AbortController();
		this.#trying = trying;
		// All who consumed it are told at the same time: none of them must make it again before it is gone.
		const restMs = this.#endedAt + remakeAfterMs - clock.now();
		if (restMs > 0) await pause(clock, restMs, trying.signal);
		const first = Promise.withResolvers<void>();
		const attempt = async () => {
			await prepare(model);
			if (!trying.signal.aborted) await this.attach(model);
		};
		const failed = (error: unknown, tries: number) => {
			const fields = {queue, why: error instanceof Error ? error.message : String(error), tries};
			this.#ambient.log[tries === 1 ? 'warn' : 'debug'](fields, 'a queue cannot be consumed again yet');
			first.resolve();
		};
		const done = () => {
			if (this.#trying === trying) this.#trying = undefined;
			first.resolve();
		};
		void persist(this.#ambient.clock, trying.signal, attempt, failed).then(done);
		await first.promise;
	}

	/** Subscribes anew unless it is subscribed or about to be. */
	ensure(model: ChannelModel): void {
		if (!this.#source && !this.#trying && !this.#cancelling) void this.reattach(model);
	}

	/** Subscribes on another channel where nothing is in hand; no message is delivered again for that which came here. */
	async refresh(): Promise<void> {
		const source = this.#source;
		if (!source || this.#inHand > 0) return;
		try {
			await source.channel.cancel(source.tag);
			if (this.#source !== source || this.#cancelling) return;
			// What was on its way has come by now.
			if (this.#inHand === 0) this.renew();
			else source.tag = await this.#consume(source.channel, source.acks);
			if (this.#cancelling) await source.channel.cancel(source.tag);
		} catch {
			if (this.#source === source) this.renew();
		}
	}

	/** Gives up its channel, with what is in hand, and subscribes on another. */
	renew(): void {
		this.#source?.acks.flush();
		this.#source?.channel.close().catch(() => {});
	}

	/** The connection is lost. */
	detach(): void {
		this.#trying?.abort();
		this.#trying = undefined;
	}

	/** Takes no more; resolves when all in hand has its verdict. */
	cancel(): Promise<void> {
		this.#cancelling ??= this.#cancel();
		return this.#cancelling;
	}

	async #cancel(): Promise<void> {
		this.detach();
		this.#hurry.abort();
		const source = this.#source;
		// If the connection is lost meanwhile the broker has forgotten this consumer anyway.
		if (source) await this.#farewell(source.channel.cancel(source.tag));
		if (this.#inHand > 0) {
			const {promise, resolve} = Promise.withResolvers<void>();
			this.#drained = resolve;
			await promise;
		}
		if (!source || this.#source !== source) return;
		source.acks.flush();
		await this.#farewell(source.channel.close());
	}

	/** A broker that does not answer must not hold us: with the connection it forgets this consumer, too. */
	async #farewell(answer: Promise<unknown>): Promise<void> {
		await atMost(this.#ambient.clock, farewellMs, answer).catch(() => {});
	}

	#take(held: Held): void {
		if (isKnock(held.message) && this.#options.knocks()) {
			held.acks.settle(held.message, 'ack');
			return;
		}
		// What comes after the cancel goes back when the channel closes.
		if (this.#cancelling) return;
		this.#idleSince = this.#ambient.clock.now();
		this.#held.push(held);
		this.#pump();
	}

	/** What handlers of a lost channel still work on counts too: they are the same hands. */
	#pump(): void {
		while (this.#inHand < this.#options.prefetch && !this.#cancelling) {
			const held = this.#held.shift();
			if (!held) return;
			this.#hand(held);
		}
	}

	#hand(held: Held): void {
		this.#inHand += 1;
		const {queue, handle} = this.#options;
		const verdict = judge(this.#ambient, handle, deliveryOf(queue, held.message), this.#hurry.signal);
		if (typeof verdict === 'string') this.#settle(held, verdict);
		else {
			void verdict.then(late => {
				this.#settle(held, late);
				this.#pump();
			});
		}
	}

	#settle({message, acks}: Held, verdict: Verdict): void {
		this.#inHand -= 1;
		acks.settle(message, verdict);
		if (this.#inHand === 0) this.#drained?.();
	}

	#lose(channel: Channel, model: ChannelModel): void {
		if (this.#source?.channel !== channel) return;
		this.#source = undefined;
		this.#held = new Ring();
		if (this.#cancelling) return;
		// A connection that is lost closes its channels first: then the next connection subscribes.
		setImmediate(() => {
			if (this.#options.current() === model) this.ensure(model);
		});
	}
}
