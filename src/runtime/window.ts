// The backlog lives in the store; the broker holds a bounded number of attempts of this home. That
// keeps pause, cancel and a million queued tasks cheap, and survives a broker's alarm.
import type {Task} from '#actors/task.ts';
import type {Count} from '#store/store.ts';

/** How much of this home's work is in the broker, and how much waits in the store. */
export type Window = {
	/** Room for this one, and nobody older waits for it. */
	room(task: Task): boolean;
	/** A decision of the batch in hand takes a place, if its commit succeeds. */
	reserve(): void;
	/** The batch in hand is over: what it really took came by `applied`. */
	release(): void;
	/** A commit turned one row into another. */
	applied(was: Task | undefined, now: Task): void;
	/** What the store holds, when some commit's result was not known. */
	recount(stock: Stock): void;
	readonly placed: number;
	/** All that waits in the store, what is held among it. */
	readonly backlog: number;
	/** How many of the backlog to place now; a slice at a time, so that each is one commit. */
	readonly wanted: number;
};

/** What the store holds: how many are placed, and how many of each function wait. */
export type Stock = {readonly placed: number; readonly backlog: ReadonlyMap<string, number>};

/** What is kept in the store, room or no room. */
export type Held = {
	readonly functions: ReadonlySet<string>;
	has(task: Task): boolean;
};

const isPlaced = (task: Task | undefined) => (task?.placed ? 1 : 0);
const isWaiting = (task: Task | undefined) => (task?.state === 'queued' && !task.placed ? 1 : 0);

/**
 * @param size attempts
 * @param start what the store holds at the start
 */
export function createWindow(size: number, start: Stock, held: Held): Window {
	let {placed} = start;
	let waiting = new Map(start.backlog);
	let backlog = sumOf(waiting);
	let reserved = 0;
	const slice = Math.max(1, Math.floor(size / 4));
	const movable = () => {
		let sum = backlog;
		for (const fn of held.functions) sum -= waiting.get(fn) ?? 0;
		return sum;
	};
	return {
		room: task => !held.has(task) && movable() === 0 && placed + reserved < size,
		reserve() {
			reserved++;
		},
		release() {
			reserved = 0;
		},
		applied(was, now) {
			placed += isPlaced(now) - isPlaced(was);
			const more = isWaiting(now) - isWaiting(was);
			backlog += more;
			if (more !== 0) waiting.set(now.function, (waiting.get(now.function) ?? 0) + more);
		},
		recount(stock) {
			placed = stock.placed;
			waiting = new Map(stock.backlog);
			backlog = sumOf(waiting);
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

const sumOf = (counts: ReadonlyMap<string, number>): number =>
	[...counts.values()].reduce((sum, count) => sum + count, 0);

/** What a store's counts say of the broker and of the backlog. */
export function stockOf(counts: readonly Count[]): Stock {
	const queued = counts.filter(({state}) => state === 'queued');
	const placed = queued.filter(one => one.placed).reduce((all, {count}) => all + count, 0);
	const waiting = queued.filter(one => !one.placed);
	return {placed, backlog: new Map(waiting.map(({function: fn, count}) => [fn, count]))};
}
