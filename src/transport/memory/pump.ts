// Hands out messages in batches: in a microtask, so that a consumer has the message before the
// event loop turns, but only so many a turn, so that a conversation between two handlers cannot
// keep sockets and timers from their turn.
import {Ring} from '#transport/ring.ts';

export type Pumped = {
	/** Hands out up to `most` messages and says how many it did. */
	deliver(most: number): number;
	/** Kept by the pump: waits for its turn. */
	waiting: boolean;
};

const mostPerTurn = 1024;
/** So many of one queue before the next queue has its turn. */
const mostPerQueue = 64;

export class Pump {
	readonly #queues = new Ring<Pumped>();
	#left = mostPerTurn;
	#scheduled = false;
	#turning = false;

	wake(queue: Pumped): void {
		if (queue.waiting) return;
		queue.waiting = true;
		this.#queues.push(queue);
		this.#schedule();
	}

	#schedule(): void {
		if (this.#scheduled || this.#left <= 0) return;
		this.#scheduled = true;
		queueMicrotask(() => this.#run());
	}

	#run(): void {
		this.#scheduled = false;
		this.#refillNextTurn();
		while (this.#left > 0) {
			const queue = this.#queues.shift();
			if (!queue) return;
			queue.waiting = false;
			const most = Math.min(mostPerQueue, this.#left);
			const done = queue.deliver(most);
			this.#left -= done;
			if (done === most) this.wake(queue);
		}
	}

	#refillNextTurn(): void {
		if (this.#turning) return;
		this.#turning = true;
		setImmediate(() => {
			this.#turning = false;
			this.#left = mostPerTurn;
			if (this.#queues.size > 0) this.#schedule();
		});
	}
}
