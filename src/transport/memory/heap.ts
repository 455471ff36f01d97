/** A binary heap: `pop` gives the value with the least rank, in logarithmic time. */
export class Heap<T> {
	readonly #rank: (value: T) => number;
	// The parent of the value at i lies at (i - 1) >> 1 and ranks no higher.
	#values: T[] = [];

	constructor(rank: (value: T) => number) {
		this.#rank = rank;
	}

	get size(): number {
		return this.#values.length;
	}

	peek(): T | undefined {
		return this.#values[0];
	}

	push(value: T): void {
		const values = this.#values;
		const rank = this.#rank(value);
		let at = values.push(value) - 1;
		while (at > 0) {
			const up = (at - 1) >> 1;
			const parent = values[up] as T;
			if (this.#rank(parent) <= rank) break;
			values[at] = parent;
			at = up;
		}
		values[at] = value;
	}

	pop(): T | undefined {
		const first = this.#values[0];
		const last = this.#values.pop();
		if (last !== undefined && this.#values.length > 0) this.#sink(last);
		return first;
	}

	/** Keeps only what `keep` says. */
	retain(keep: (value: T) => boolean): void {
		// A sorted array is a heap.
		this.#values = this.#values.filter(keep).sort((a, b) => this.#rank(a) - this.#rank(b));
	}

	/** Puts a value where the least one was. */
	#sink(value: T): void {
		const values = this.#values;
		const rank = this.#rank(value);
		let at = 0;
		for (;;) {
			let down = at * 2 + 1;
			if (down >= values.length) break;
			const right = down + 1;
			if (right < values.length && this.#rank(values[right] as T) < this.#rank(values[down] as T))
				down = right;
			if (this.#rank(values[down] as T) >= rank) break;
			values[at] = values[down] as T;
			at = down;
		}
		values[at] = value;
	}
}
