import {Ring} from '#transport/ring.ts';
import type {Death, Queue, Verdict} from '#transport/transport.ts';
import type {Expiry} from './expiry.ts';
import {Heap} from './heap.ts';
import type {Keeper, Letter, Stored} from './letter.ts';
import type {Pump, Pumped} from './pump.ts';
import type {Source, Subscription} from './subscription.ts';

/** Below this many messages that expired in the middle, the ring is not worth sweeping. */
const worthSweeping = 1000;

/** What a queue asks of its broker. */
export type QueueWorld = {
	readonly pump: Pump;
	readonly expiry: Expiry;
	bury(letter: Letter, shape: Queue, reason: Death['reason']): void;
};

export class MemoryQueue implements Pumped, Keeper, Source {
	readonly shape: Queue;
	readonly #world: QueueWorld;
	/** First-time messages in the order they came. */
	readonly #fresh = new Ring<Stored>();
	/** What came back. All of it was taken before anything in #fresh, so it goes first, by its place. */
	readonly #returned = new Heap<Stored>(stored => stored.place);
	/** In the order they subscribed; of a single active consumer the first is the active one. */
	readonly #subscribers = new Set<Subscription>();
	/** Those that have room, longest without a message first; some may have lost it since. */
	readonly #roomy = new Ring<Subscription>();
	#place = 0;
	#ready = 0;
	#bytes = 0;
	/** Messages in the ring that have expired. */
	#gone = 0;
	#closed = false;
	waiting = false;

	constructor(shape: Queue, world: QueueWorld) {
		this.shape = shape;
		this.#world = world;
	}

	get depth(): number {
		return this.#ready;
	}

	get subscribers(): readonly Subscription[] {
		return [...this.#subscribers];
	}

	/** Like RabbitMQ, a queue takes the message that crosses its bound and refuses the next. */
	get full(): boolean {
		const {maxLength = Number.POSITIVE_INFINITY, maxBytes = Number.POSITIVE_INFINITY} = this.shape;
		return this.#ready >= maxLength || this.#bytes >= maxBytes;
	}

	enqueue(letter: Letter): void {
		const stored: Stored = {
			letter,
			keeper: this,
			place: this.#place,
			dueAt: this.#dueAt(letter),
			returns: 0,
			state: 'ready',
		};
		this.#place += 1;
		this.#fresh.push(stored);
		this.#grow(stored);
		if (stored.dueAt !== Number.POSITIVE_INFINITY) this.#world.expiry.watch(stored);
	}

	subscribe(subscription: Subscription): void {
		subscription.queue = this;
		this.#subscribers.add(subscription);
		this.offer(subscription);
	}

	unsubscribe(subscription: Subscription): void {
		this.#subscribers.delete(subscription);
		this.#roomy.retain(one => one !== subscription);
		subscription.listed = false;
		// The next in line becomes the single active consumer.
		if (this.shape.singleActiveConsumer) this.#world.pump.wake(this);
	}

	offer(subscription: Subscription): void {
		if (!subscription.hasRoom) return;
		if (!subscription.listed) {
			subscription.listed = true;
			this.#roomy.push(subscription);
		}
		if (this.#ready > 0) this.#world.pump.wake(this);
	}

	deliver(most: number): number {
		let done = 0;
		while (done < most && this.#ready > 0) {
			const subscription = this.#nextRoomy();
			if (!subscription) break;
			const stored = this.#takeFirst();
			if (stored) {
				subscription.take(stored);
				done += 1;
			}
			this.offer(subscription);
		}
		return done;
	}

	settle(stored: Stored, verdict: Verdict): void {
		if (verdict === 'retry') this.giveBack(stored);
		else this.#leave(stored);
		if (verdict === 'drop') this.#world.bury(stored.letter, this.shape, 'rejected');
	}

	/** Back to its place in front; or on to the dead letters, if that was once too often. */
	giveBack(stored: Stored): void {
		stored.returns += 1;
		const reason = this.#closed ? 'closed' : this.#endOf(stored);
		if (reason === undefined) {
			stored.state = 'ready';
			this.#returned.push(stored);
			this.#grow(stored);
			return;
		}
		this.#leave(stored);
		if (reason !== 'closed') this.#world.bury(stored.letter, this.shape, reason);
	}

	expire(stored: Stored): void {
		this.#shrink(stored);
		stored.state = 'gone';
		this.#gone += 1;
		this.#sweep();
		this.#world.bury(stored.letter, this.shape, 'expired');
	}

	/** Deletes the queue with all in it; says who was subscribed. */
	close(): readonly Subscription[] {
		this.#closed = true;
		const orphans = this.subscribers;
		this.#fresh.retain(stored => this.#discard(stored));
		this.#returned.retain(stored => this.#discard(stored));
		for (const orphan of orphans) orphan.lose();
		return orphans;
	}

	#discard(stored: Stored): boolean {
		if (stored.state === 'ready') this.#leave(stored);
		return false;
	}

	#nextRoomy(): Subscription | undefined {
		if (this.shape.singleActiveConsumer) {
			const [active] = this.#subscribers;
			return active?.hasRoom ? active : undefined;
		}
		for (let next = this.#roomy.shift(); next; next = this.#roomy.shift()) {
			next.listed = false;
			if (next.hasRoom && next.queue === this) return next;
		}
		return undefined;
	}

	#takeFirst(): Stored | undefined {
		const source = this.#returned.size > 0 ? this.#returned.pop() : this.#fresh.shift();
		if (source?.state === 'gone') this.#gone -= 1;
		if (source?.state !== 'ready') return undefined;
		this.#shrink(source);
		source.state = 'held';
		return source;
	}

	#dueAt({properties}: Letter): number {
		const own =
			properties.expiration === undefined ? Number.POSITIVE_INFINITY : Number(properties.expiration);
		const wait = Math.min(own, this.shape.messageTtlMs ?? Number.POSITIVE_INFINITY);
		return wait === Number.POSITIVE_INFINITY ? wait : this.#world.expiry.now() + wait;
	}

	/** Why a message that came back must not be delivered again. */
	#endOf({dueAt, returns}: Stored): 'expired' | 'delivery_limit' | undefined {
		if (dueAt !== Number.POSITIVE_INFINITY && dueAt <= this.#world.expiry.now()) return 'expired';
		return returns > (this.shape.deliveryLimit ?? Number.POSITIVE_INFINITY) ? 'delivery_limit' : undefined;
	}

	#grow({letter}: Stored): void {
		this.#ready += 1;
		this.#bytes += letter.body.length;
		this.#world.pump.wake(this);
	}

	#shrink({letter}: Stored): void {
		this.#ready -= 1;
		this.#bytes -= letter.body.length;
	}

	#leave(stored: Stored): void {
		stored.state = 'gone';
		if (stored.dueAt !== Number.POSITIVE_INFINITY) this.#world.expiry.settle();
	}

	/** Forgets what expired while it waited behind others. */
	#sweep(): void {
		if (this.#gone < worthSweeping || this.#gone < this.#ready) return;
		this.#fresh.retain(({state}) => state === 'ready');
		this.#returned.retain(({state}) => state === 'ready');
		this.#gone = 0;
	}
}
