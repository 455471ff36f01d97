import type {Isolate} from 'isolated-vm';

const measureEveryMs = 250;
/** A sandbox whose heap is fuller than this is not used again: the next call would pay for it. */
const fullest = 0.8;

/** How much an isolate's heap holds, as of the last look at it. */
export class IsolateHeap {
	readonly #isolate: Isolate;
	readonly #mostBytes: number;
	#bytes: number;
	#isFull = false;
	#measuredAt = performance.now();

	/** @param bytes what it holds now */
	constructor(isolate: Isolate, memoryMb: number, bytes: number) {
		this.#isolate = isolate;
		this.#mostBytes = memoryMb * 1024 * 1024 * fullest;
		this.#bytes = bytes;
	}

	get bytes(): number {
		return this.#bytes;
	}

	get isFull(): boolean {
		return this.#isFull;
	}

	/** Not awaited, and not after every list: it is a trip to the isolate's thread. */
	measure(): void {
		const now = performance.now();
		if (now - this.#measuredAt < measureEveryMs) return;
		this.#measuredAt = now;
		this.#isolate.getHeapStatistics().then(
			heap => {
				this.#bytes = heap.used_heap_size + heap.externally_allocated_size;
				this.#isFull = this.#bytes > this.#mostBytes;
			},
			() => {
				this.#isFull = true;
			},
		);
	}
}
