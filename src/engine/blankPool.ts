import type {CodeCache} from './codeCache.ts';
import {type Blank, createBlank} from './isolateBlank.ts';

export type BlankPool = {
	take(memoryMb: number): Promise<Blank>;
	/** Starts to fill the shelf of a size. */
	prepare(memoryMb: number): void;
	readonly size: number;
	close(): void;
};

/** How many blanks of a size wait; and of how many sizes, the one asked for last first. */
const ready = 2;
const mostSizes = 4;

/**
 * Blanks that are ready before they are asked for. Each that is taken is replaced, one at a time and
 * only while nobody waits for one: making a blank keeps the main thread busy for a millisecond.
 */
export function createBlankPool(cache: CodeCache, create: typeof createBlank = createBlank): BlankPool {
	const shelves = new Map<number, Blank[]>();
	let waiting = 0;
	let refilling = false;
	let closed = false;

	function shelfOf(memoryMb: number): Blank[] {
		const shelf = shelves.get(memoryMb) ?? [];
		shelves.delete(memoryMb);
		shelves.set(memoryMb, shelf);
		const oldest = shelves.keys().next().value;
		if (shelves.size > mostSizes && oldest !== undefined) empty(oldest);
		return shelf;
	}

	function empty(memoryMb: number): void {
		for (const blank of shelves.get(memoryMb) ?? []) blank.isolate.dispose();
		shelves.delete(memoryMb);
	}

	async function refill(): Promise<void> {
		if (refilling) return;
		refilling = true;
		for (let size = lacking(); size !== undefined && !closed; size = lacking()) {
			await new Promise(setImmediate);
			if (waiting > 0) continue;
			const blank = await create(size, cache).catch(() => undefined);
			const shelf = shelves.get(size);
			if (!blank) break;
			if (shelf && !closed) shelf.push(blank);
			else blank.isolate.dispose();
		}
		refilling = false;
	}

	function lacking(): number | undefined {
		return [...shelves].findLast(([, shelf]) => shelf.length < ready)?.[0];
	}

	return {
		async take(memoryMb) {
			const blank = shelfOf(memoryMb).pop();
			void refill();
			if (blank) return blank;
			waiting += 1;
			try {
				return await create(memoryMb, cache);
			} finally {
				waiting -= 1;
			}
		},
		prepare(memoryMb) {
			shelfOf(memoryMb);
			void refill();
		},
		get size() {
			return [...shelves.values()].reduce((sum, shelf) => sum + shelf.length, 0);
		},
		close() {
			closed = true;
			for (const size of [...shelves.keys()]) empty(size);
		},
	};
}
