// The backlog lives in the store; the broker holds a bounded number of attempts of this home. That
// keeps pause, cancel and a million queued tasks cheap, and survives a broker's alarm. Each lane has a
// window of its own: a backlog of one takes no room from another.
import {type Lane, LaneMap, laneName} from '#actors/lane.ts';
import type {Task} from '#actors/task.ts';
import type {TaskRow} from '#store/store.ts';
import {createLaneWindow, type LaneWindow} from './laneWindow.ts';
import type {Limits} from './limits.ts';
import type {Stocktaking} from './stocktaking.ts';
import {createTurns} from './turns.ts';

export type Window = {
	/** Its lane has room for this one, and nobody older waits there for it. */
	room(task: Task): boolean;
	/**
	 * A decision of a batch in hand turns one row into another. True: it takes a place, if its commit succeeds,
	 * and until that is `release`d.
	 */
	reserve(was: Task | undefined, now: Task): boolean;
	/** The batch is over: what it really took came by `applied`. */
	release(now: Task): void;
	/** A commit turned one row into another. */
	applied(was: TaskRow | undefined, now: TaskRow): void;
	/** What the store holds, when some commit's result was not known. */
	recount(stock: Stocktaking): void;
	of(lane: Lane): LaneWindow;
	/** Every lane in which there ever was something. */
	lanes(): Iterable<LaneWindow>;
	readonly limits: Limits;
	/** How many of a function wait in the store. */
	waiting(fn: string): number;
	/** How many of a function are queued: they wait in the store, or are placed by whichever home. */
	queued(fn: string): number;
	/** Of all lanes. */
	readonly placed: number;
	readonly backlog: number;
};

/** What is kept in the store, room or no room. */
export type Held = {
	readonly functions: ReadonlySet<string>;
	/** Pools of which nothing is placed. */
	readonly pools: {has(pool: string): boolean};
	has(task: Task): boolean;
};

const isQueued = (task: Task | undefined) => (task?.state === 'queued' ? 1 : 0);
const isWaiting = (task: Task | undefined) => (task?.state === 'queued' && !task.placed ? 1 : 0);

/**
 * @param home whose; what other nodes have in the broker takes no room here
 * @param size attempts in each lane
 * @param start what the store holds at the start
 */
export function createWindow(
	home: string,
	size: number,
	start: Stocktaking,
	held: Held,
	limits: Limits,
): Window {
	const lanes = new LaneMap<LaneWindow>();
	const queued = new Map<string, number>();
	const turns = createTurns();
	const count = (fn: string, more: number) => {
		if (more !== 0) queued.set(fn, (queued.get(fn) ?? 0) + more);
	};
	const isPlaced = (row: TaskRow | undefined) => (row?.placed && row.home === home ? 1 : 0);
	const isTheirs = (row: TaskRow | undefined) => (row?.placed && row.home !== home ? 1 : 0);
	/** The lanes in which it waits for a place under its limit, and in which nothing else stands in its way. */
	const lanesOf = (fn: string): Lane[] =>
		[...lanes.values()].filter(one => one.waiting(fn) > 0 && one.moves).map(({lane}) => lane);
	function* open(): Iterable<string> {
		for (const fn of limits.open) {
			if (limits.free(fn) === 0 || waiting(fn) === 0) limits.open.delete(fn);
			else yield fn;
		}
	}
	const share = (fn: string, lane: Lane): number => {
		const free = limits.free(fn);
		if (free === 0) return 0;
		const next = turns.next(fn, lanesOf(fn)) ?? lane;
		return laneName(next) === laneName(lane) ? free : 0;
	};
	const of = (lane: Lane): LaneWindow => {
		const known = lanes.get(lane);
		if (known) return known;
		const own = {pool: lane.pool, class: lane.class};
		const holding = {
			...{functions: held.functions, limits, open, share: (fn: string) => share(fn, own)},
			get lane() {
				return held.pools.has(own.pool);
			},
		};
		const made = createLaneWindow(own, size, holding);
		lanes.set(lane, made);
		return made;
	};
	const sum = (count: (lane: LaneWindow) => number) => {
		let all = 0;
		for (const lane of lanes.values()) all += count(lane);
		return all;
	};
	const waiting = (fn: string) => sum(lane => lane.waiting(fn));
	const fill = (stock: Stocktaking) => {
		for (const one of stock.waiting) {
			of(one).add(0, one.function, one.waiting);
			count(one.function, one.waiting + one.placed);
		}
		for (const one of stock.placed) of(one).add(one.placed, '', 0);
		limits.count(stock);
	};
	const hasPlace = (fn: string) =>
		!limits.functions.has(fn) || (limits.free(fn) > 0 && lanesOf(fn).length === 0);
	fill(start);
	return {
		room: task => !held.has(task) && of(task).room && hasPlace(task.function),
		reserve(was, now) {
			if (!now.placed || was?.placed) return false;
			of(now).reserve();
			limits.reserve(now.function);
			return true;
		},
		release(now) {
			of(now).release();
			limits.release(now.function);
		},
		applied(was, now) {
			const fn = now.function;
			const placed = isPlaced(now) - isPlaced(was);
			of(now).add(placed, fn, isWaiting(now) - isWaiting(was));
			count(fn, isQueued(now) - isQueued(was));
			if (!limits.functions.has(fn)) return;
			limits.add(fn, placed, isTheirs(now) - isTheirs(was));
			if (now.placed && !was?.placed) turns.took(fn, now);
		},
		recount(stock) {
			for (const lane of lanes.values()) lane.clear();
			queued.clear();
			fill(stock);
		},
		of,
		lanes: () => lanes.values(),
		limits,
		waiting,
		queued: fn => queued.get(fn) ?? 0,
		get placed() {
			return sum(lane => lane.placed);
		},
		get backlog() {
			return sum(lane => lane.backlog);
		},
	};
}
