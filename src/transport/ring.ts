/** A queue of values in one array: `push` and `shift` take constant time however many wait. */
export class Ring<T> {
	// The values lie at #head … #head + size - 1, modulo the length, which is a power of two.
	#slots: (T | undefined)[] = Array.from({length: 16});
	#head = 0;
	#size = 0;

	get size(): number {
		return this.#size;
	}

	push(value: T): void {
		if (this.#size === this.#slots.length) this.#resize(this.#slots.length * 2);
		this.#slots[(this.#head + this.#size) & (this.#slots.length - 1)] = value;
		this.#size += 1;
	}

	peek(): T | undefined {
		return this.#size === 0 ? undefined : this.#slots[this.#head];
	}

	shift(): T | undefined {
		if (this.#size === 0) return undefined;
		const value = this.#slots[this.#head];
		this.#slots[this.#head] = undefined;
		this.#head = (this.#head + 1) & (this.#slots.length - 1);
		this.#size -= 1;
		// A burst that is over gives its memory back.
		if (this.#slots.length > 1024 && this.#size * 4 < this.#slots.length) {
			this.#resize(this.#slots.length / 2);
		}
		return value;
	}

	*[Symbol.iterator](): Iterator<T> {
		for (let index = 0; index < this.#size; index += 1) {
			yield this.#slots[(this.#head + index) & (this.#slots.length - 1)] as T;
		}
	}

	/** Keeps only what `keep` says, in its order. */
	retain(keep: (value: T) => boolean): void {
		for (let left = this.#size; left > 0; left -= 1) {
			const value = this.shift() as T;
			if (keep(value)) this.push(value);
		}
	}

	#resize(length: number): void {
		const slots: (T | undefined)[] = [];
		slots.length = length;
		for (let index = 0; index < this.#size; index += 1) {
			slots[index] = this.#slots[(this.#head + index) & (this.#slots.length - 1)];
		}
		this.#slots = slots;
		this.#head = 0;
	}
}
