import type {Ambient} from '#observe/observe.ts';
import {judge} from '#transport/judge.ts';
import type {ConsumeOptions, Delivery, Handler, Verdict} from '#transport/transport.ts';
import type {Stored} from './letter.ts';

/** The queue that a consumer is subscribed to, as far as it needs it. */
export type Source = {
	unsubscribe(subscription: Subscription): void;
	/** To be told when a subscriber has room again. */
	offer(subscription: Subscription): void;
};

/** A consumer of one queue, over lost connections too. */
export class Subscription {
	readonly queueName: string;
	readonly #ambient: Ambient;
	readonly #prefetch: number;
	readonly #handle: Handler;
	readonly #hurry = new AbortController();
	/** What it holds of the present connection; what an earlier one gave has gone back already. */
	#held = new Set<Stored>();
	#inHand = 0;
	#cancelled = false;
	#drained: (() => void)[] = [];
	/** Where it is subscribed at the moment. */
	queue: Source | undefined;
	/** Kept by the queue: is in its list of those that have room. */
	listed = false;

	constructor(ambient: Ambient, queueName: string, {prefetch}: ConsumeOptions, handle: Handler) {
		if (!Number.isInteger(prefetch) || prefetch < 1 || prefetch > 65_535) {
			throw new TypeError(`Expected \`prefetch\` to be an integer from 1 to 65535, got \`${prefetch}\``);
		}
		this.#ambient = ambient;
		this.queueName = queueName;
		this.#prefetch = prefetch;
		this.#handle = handle;
	}

	get cancelled(): boolean {
		return this.#cancelled;
	}

	/** What handlers of a lost connection still work on counts too: they are the same hands. */
	get hasRoom(): boolean {
		return this.queue !== undefined && !this.#cancelled && this.#inHand < this.#prefetch;
	}

	take(stored: Stored): void {
		const held = this.#held;
		held.add(stored);
		this.#inHand += 1;
		const verdict = judge(this.#ambient, this.#handle, this.#delivery(stored), this.#hurry.signal);
		if (typeof verdict === 'string') this.#settle(stored, held, verdict);
		else void verdict.then(late => this.#settle(stored, held, late));
	}

	/** Takes no more; resolves when all in hand has its verdict. */
	cancel(): Promise<void> {
		this.#cancelled = true;
		this.#hurry.abort();
		this.queue?.unsubscribe(this);
		if (this.#inHand === 0) return Promise.resolve();
		return new Promise(resolve => {
			this.#drained.push(resolve);
		});
	}

	/** The connection or the queue is lost: what is in hand goes back, later verdicts on it are void. */
	lose(): void {
		const held = [...this.#held];
		this.#held = new Set();
		this.queue?.unsubscribe(this);
		this.queue = undefined;
		for (const stored of held) stored.keeper.giveBack(stored);
	}

	#settle(stored: Stored, held: Set<Stored>, verdict: Verdict): void {
		this.#inHand -= 1;
		if (this.#held === held && held.delete(stored)) stored.keeper.settle(stored, verdict);
		this.queue?.offer(this);
		if (this.#inHand > 0) return;
		for (const resolve of this.#drained.splice(0)) resolve();
	}

	#delivery({letter, returns}: Stored): Delivery {
		const {exchange, key, body, properties, death} = letter;
		const delivery = {queue: this.queueName, exchange, key, body, properties, redelivered: returns > 0};
		return death ? {...delivery, death} : delivery;
	}
}
