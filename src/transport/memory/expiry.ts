// One heap and one timer for all messages that expire, whatever their number.
import type {Clock} from '#lib/clock.ts';
import {Heap} from './heap.ts';
import type {Stored} from './letter.ts';

/** Below this many settled entries the heap is not worth sweeping. */
const worthSweeping = 1000;

export class Expiry {
	readonly #clock: Clock;
	readonly #heap = new Heap<Stored>(stored => stored.dueAt);
	/** Entries in the heap that have left their queue. */
	#settled = 0;
	/** When the timer fires; Infinity when there is none. */
	#armedFor = Number.POSITIVE_INFINITY;
	#disarm: () => void = () => {};

	constructor(clock: Clock) {
		this.#clock = clock;
	}

	now(): number {
		return this.#clock.now();
	}

	/** Calls `expire` of the message's queue when it is due and still waits there. */
	watch(stored: Stored): void {
		this.#heap.push(stored);
		this.#arm();
	}

	/** To be told of each watched message that left its queue before it was due. */
	settle(): void {
		this.#settled += 1;
		if (this.#settled < worthSweeping || this.#settled * 2 < this.#heap.size) return;
		this.#heap.retain(stored => stored.state !== 'gone');
		this.#settled = 0;
	}

	stop(): void {
		this.#disarm();
		this.#heap.retain(() => false);
	}

	#arm(): void {
		const due = this.#heap.peek()?.dueAt ?? Number.POSITIVE_INFINITY;
		if (due >= this.#armedFor) return;
		this.#disarm();
		this.#armedFor = due;
		this.#disarm = this.#clock.after(due - this.#clock.now(), () => this.#fire());
	}

	#fire(): void {
		this.#armedFor = Number.POSITIVE_INFINITY;
		const now = this.#clock.now();
		for (let stored = this.#heap.peek(); stored && stored.dueAt <= now; stored = this.#heap.peek()) {
			this.#heap.pop();
			if (stored.state === 'gone') this.#settled = Math.max(0, this.#settled - 1);
			// What is in hand expires when it comes back.
			if (stored.state === 'ready') stored.keeper.expire(stored);
		}
		this.#arm();
	}
}
