import type {Lane} from '#actors/lane.ts';
import type {Store} from '#store/store.ts';
import type {Limits} from './limits.ts';

/** How much of this home's work of one lane is in the broker, and how much waits in the store. */
export type LaneWindow = {
	readonly lane: Lane;
	/** A place is free, and nobody older waits for it. */
	readonly room: boolean;
	/** A decision of a batch in hand takes a place, if its commit succeeds. */
	reserve(): void;
	/** A batch that had reserved one is over. */
	release(): void;
	/** So many more are placed; of this function so many more wait. */
	add(placed: number, fn: string, waiting: number): void;
	/** Nothing is placed and nothing waits, until something is added. */
	clear(): void;
	readonly placed: number;
	/** All that waits in the store, what is held among it. */
	readonly backlog: number;
	/** How much of a function waits. */
	waiting(fn: string): number;
	/** Its tasks are moved as they come: it is not held, and has room for a slice. */
	readonly moves: boolean;
	/** How many of the backlog to place now; a slice at a time, so that each is one commit. */
	readonly wanted: number;
	/** What to ask the store for. */
	query(limit: number): Parameters<Store['backlog']>[0];
};

/** What of a lane's backlog stays in the store, room or no room. */
export type Holding = {
	/** All of it. */
	readonly lane: boolean;
	/** Functions of which nothing is placed now. */
	readonly functions: ReadonlySet<string>;
	/** Functions of which only so many may be placed at the same time. */
	readonly limits: Pick<Limits, 'functions' | 'version'>;
	/** Those of them of which something may be placed now. */
	open(): Iterable<string>;
	/** How many of such a function this lane may place now. */
	share(fn: string): number;
};

/** @param size attempts */
export function createLaneWindow(lane: Lane, size: number, held: Holding): LaneWindow {
	const waiting = new Map<string, number>();
	let placed = 0;
	let backlog = 0;
	let reserved = 0;
	const slice = Math.max(1, Math.floor(size / 4));
	/** Of functions that have a limit, as of that version of the limits. */
	let limited = 0;
	let version = held.limits.version;
	const hasLimit = (fn: string) => held.limits.functions.has(fn);
	const limitedNow = () => {
		if (version === held.limits.version) return limited;
		version = held.limits.version;
		limited = 0;
		for (const [fn, count] of waiting) if (hasLimit(fn)) limited += count;
		return limited;
	};
	const movable = () => {
		if (backlog === 0 || held.lane) return 0;
		let sum = backlog - limitedNow();
		for (const fn of held.functions) if (!hasLimit(fn)) sum -= waiting.get(fn) ?? 0;
		if (limited === 0) return sum;
		for (const fn of held.open()) {
			const count = waiting.get(fn);
			if (count && !held.functions.has(fn)) sum += Math.min(count, held.share(fn));
		}
		return sum;
	};
	return {
		lane,
		get room() {
			return !held.lane && placed + reserved < size && movable() === 0;
		},
		reserve() {
			reserved++;
		},
		release() {
			reserved--;
		},
		add(more, fn, moreWaiting) {
			placed += more;
			if (moreWaiting === 0) return;
			backlog += moreWaiting;
			waiting.set(fn, (waiting.get(fn) ?? 0) + moreWaiting);
			if (hasLimit(fn)) limited += moreWaiting;
		},
		clear() {
			placed = 0;
			backlog = 0;
			limited = 0;
			waiting.clear();
		},
		get placed() {
			return placed;
		},
		get backlog() {
			return backlog;
		},
		waiting: fn => waiting.get(fn) ?? 0,
		get moves() {
			return !held.lane && size - placed >= Math.min(slice, backlog);
		},
		get wanted() {
			// A full window is asked often, and what could be moved is added up by function.
			if (placed >= size) return 0;
			const all = movable();
			const room = Math.min(size - placed, all);
			return room > 0 && room >= Math.min(slice, all) ? room : 0;
		},
		query(limit) {
			const except = [...held.functions];
			const atMost: {function: string; count: number}[] = [];
			for (const fn of held.limits.functions.keys()) {
				const count = held.share(fn);
				if (count === 0) except.push(fn);
				else atMost.push({function: fn, count});
			}
			return {...lane, limit, except, ...(atMost.length > 0 && {atMost})};
		},
	};
}
