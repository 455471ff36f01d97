import type {Lane} from '#actors/lane.ts';

/** How much of this home's work of one lane is in the broker, and how much waits in the store. */
export type LaneWindow = {
	readonly lane: Lane;
	/** A place is free, and nobody older waits for it. */
	readonly room: boolean;
	/** A decision of the batch in hand takes a place, if its commit succeeds. */
	reserve(): void;
	/** The batch in hand is over. */
	release(): void;
	/** So many more are placed; of this function so many more wait. */
	add(placed: number, fn: string, waiting: number): void;
	/** Nothing is placed and nothing waits, until something is added. */
	clear(): void;
	readonly placed: number;
	/** All that waits in the store, what is held among it. */
	readonly backlog: number;
	/** How many of the backlog to place now; a slice at a time, so that each is one commit. */
	readonly wanted: number;
};

/**
 * @param size attempts
 * @param held functions of which nothing is placed now
 */
export function createLaneWindow(lane: Lane, size: number, held: ReadonlySet<string>): LaneWindow {
	const waiting = new Map<string, number>();
	let placed = 0;
	let backlog = 0;
	let reserved = 0;
	const slice = Math.max(1, Math.floor(size / 4));
	const movable = () => {
		let sum = backlog;
		for (const fn of held) sum -= waiting.get(fn) ?? 0;
		return sum;
	};
	return {
		lane,
		get room() {
			return movable() === 0 && placed + reserved < size;
		},
		reserve() {
			reserved++;
		},
		release() {
			reserved = 0;
		},
		add(more, fn, moreWaiting) {
			placed += more;
			if (moreWaiting === 0) return;
			backlog += moreWaiting;
			waiting.set(fn, (waiting.get(fn) ?? 0) + moreWaiting);
		},
		clear() {
			placed = 0;
			backlog = 0;
			waiting.clear();
		},
		get placed() {
			return placed;
		},
		get backlog() {
			return backlog;
		},
		get wanted() {
			const room = Math.min(size - placed, movable());
			return room > 0 && room >= Math.min(slice, movable()) ? room : 0;
		},
	};
}
