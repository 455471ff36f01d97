// The backlog lives in the store; the broker holds a bounded number of attempts of this home. That
// keeps pause, cancel and a million queued tasks cheap, and survives a broker's alarm.
import type {Task} from '#actors/task.ts';
import type {Count, Store, TaskRow} from '#store/store.ts';

/** How much of this home's work is in the broker, and how much waits in the store. */
export type Window = {
	/** Room for this one, and nobody older waits for it. */
	room(task: Task): boolean;
	/** A decision of the batch in hand takes a place, if its commit succeeds. */
	reserve(): void;
	/** The batch in hand is over: what it really took came by `applied`. */
	release(): void;
	/** A commit turned one row into another. */
	applied(was: TaskRow | undefined, now: TaskRow): void;
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

const isWaiting = (task: Task | undefined) => (task?.state === 'queued' && !task.placed ? 1 : 0);

/**
 * @param home whose; what other nodes have in the broker takes no room here
 * @param size attempts
 * @param start what the store holds at the start
 */
export function createWindow(home: string, size: number, start: Stock, held: Held): Window {
	let {placed} = start;
	let waiting = new Map(start.backlog);
	let backlog = sumOf(waiting);
	let reserved = 0;
	const slice = Math.max(1, Math.floor(size / 4));
	const isPlaced = (row: TaskRow | undefined) => (row?.placed && row.home === home ? 1 : 0);
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

/** What the store says of the broker and of the backlog. In a shared one other homes have placed some too. */
export async function takeStock(store: Store, home: string): Promise<Stock> {
	const stock = stockOf(await store.counts());
	return store.shared ? {...stock, placed: await store.placed(home)} : stock;
}

/** What a store's counts say, where one home has it alone. */
export function stockOf(counts: readonly Count[]): Stock {
	const queued = counts.filter(({state}) => state === 'queued');
	const placed = queued.filter(one => one.placed).reduce((all, {count}) => all + count, 0);
	const waiting = queued.filter(one => !one.placed);
	return {placed, backlog: new Map(waiting.map(({function: fn, count}) => [fn, count]))};
}
