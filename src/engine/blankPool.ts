import type {CodeCache} from './codeCache.ts';
import {type Blank, createBlank} from './isolateBlank.ts';

export type BlankPool = {
	take(memoryMb: number): Promise<Blank>;
	/** Starts to fill the shelf of a size. */
	prepare(memoryMb: number): void;
	readonly size: number;
	close(): void;
};

/** Blanks of one size; `target` is how many are to wait. */
type Shelf = {readonly blanks: Blank[]; target: number};

/** A shelf that was found empty is made for twice as many: fresh sandboxes are asked for in bursts. */
const leastReady = 2;
const mostReady = 16;
/** Of how many sizes; the one that was not asked for longest goes. */
const mostSizes = 4;

/**
 * Blanks that are ready before they are asked for. Those that are taken are replaced one at a time and
 * only while nobody waits for one: making a blank keeps the main thread busy for a millisecond.
 */
export function createBlankPool(cache: CodeCache, create: typeof createBlank = createBlank): BlankPool {
	const shelves = new Map<number, Shelf>();
	let waiting = 0;
	let refilling = false;
	let closed = false;

	function shelfOf(memoryMb: number): Shelf {
		const shelf = shelves.get(memoryMb) ?? {blanks: [], target: leastReady};
		shelves.delete(memoryMb);
		shelves.set(memoryMb, shelf);
		const oldest = shelves.keys().next().value;
		if (shelves.size > mostSizes && oldest !== undefined) empty(oldest);
		return shelf;
	}

	function empty(memoryMb: number): void {
		for (const {isolate} of shelves.get(memoryMb)?.blanks ?? []) isolate.dispose();
		shelves.delete(memoryMb);
	}

	async function refill(): Promise<void> {
		if (refilling) return;
		refilling = true;
		for (let size = lacking(); size !== undefined && !closed; size = lacking()) {
			await new Promise(setImmediate);
			if (waiting === 0 && !(await addTo(size))) break;
		}
		refilling = false;
	}

	async function addTo(memoryMb: number): Promise<boolean> {
		const blank = await create(memoryMb, cache).catch(() => undefined);
		const shelf = shelves.get(memoryMb);
		if (blank && shelf && !closed) shelf.blanks.push(blank);
		else blank?.isolate.dispose();
		return blank !== undefined;
	}

	function lacking(): number | undefined {
		return [...shelves].findLast(([, {blanks, target}]) => blanks.length < target)?.[0];
	}

	async function createNow(memoryMb: number): Promise<Blank> {
		waiting += 1;
		try {
			return await create(memoryMb, cache);
		} finally {
			waiting -= 1;
		}
	}

	return {
		take(memoryMb) {
			const shelf = shelfOf(memoryMb);
			const blank = shelf.blanks.pop();
			if (!blank) shelf.target = Math.min(mostReady, shelf.target * 2);
			void refill();
			return blank ? Promise.resolve(blank) : createNow(memoryMb);
		},
		prepare(memoryMb) {
			shelfOf(memoryMb);
			void refill();
		},
		get size() {
			return [...shelves.values()].reduce((sum, {blanks}) => sum + blanks.length, 0);
		},
		close() {
			closed = true;
			for (const size of shelves.keys()) empty(size);
		},
	};
}
