// The backlog lives in the store; the broker holds a bounded number of attempts of this home. That
// keeps pause, cancel and a million queued tasks cheap, and survives a broker's alarm. Each lane has a
// window of its own: a backlog of one takes no room from another.
import {type Lane, laneName} from '#actors/lane.ts';
import type {Task} from '#actors/task.ts';
import type {Placed, Stock, Store, TaskRow} from '#store/store.ts';
import {createLaneWindow, type LaneWindow} from './laneWindow.ts';

export type Window = {
	/** Its lane has room for this one, and nobody older waits there for it. */
	room(task: Task): boolean;
	/** A decision of the batch in hand turns one row into another: it takes a place, if its commit succeeds. */
	reserve(was: Task | undefined, now: Task | undefined): void;
	/** The batch in hand is over: what it really took came by `applied`. */
	release(): void;
	/** A commit turned one row into another. */
	applied(was: TaskRow | undefined, now: TaskRow): void;
	/** What the store holds, when some commit's result was not known. */
	recount(stock: Stocktaking): void;
	of(lane: Lane): LaneWindow;
	/** Every lane in which there ever was something. */
	lanes(): Iterable<LaneWindow>;
	/** How many of a function are queued: they wait in the store, or are placed by whichever home. */
	queued(fn: string): number;
	/** Of all lanes. */
	readonly placed: number;
	readonly backlog: number;
};

/** What the store holds: what waits in it, whosever it is, and what this home has placed. */
export type Stocktaking = {readonly waiting: readonly Stock[]; readonly placed: readonly Placed[]};

/** What is kept in the store, room or no room. */
export type Held = {
	readonly functions: ReadonlySet<string>;
	has(task: Task): boolean;
};

const isQueued = (task: Task | undefined) => (task?.state === 'queued' ? 1 : 0);
const isWaiting = (task: Task | undefined) => (task?.state === 'queued' && !task.placed ? 1 : 0);

/**
 * @param home whose; what other nodes have in the broker takes no room here
 * @param size attempts in each lane
 * @param start what the store holds at the start
 */
export function createWindow(home: string, size: number, start: Stocktaking, held: Held): Window {
	const lanes = new Map<string, LaneWindow>();
	const queued = new Map<string, number>();
	const count = (fn: string, more: number) => {
		if (more !== 0) queued.set(fn, (queued.get(fn) ?? 0) + more);
	};
	const isPlaced = (row: TaskRow | undefined) => (row?.placed && row.home === home ? 1 : 0);
	const of = (lane: Lane): LaneWindow => {
		const name = laneName(lane);
		const known = lanes.get(name);
		if (known) return known;
		const {pool, class: priority} = lane;
		const made = createLaneWindow({pool, class: priority}, size, held.functions);
		lanes.set(name, made);
		return made;
	};
	const sum = (count: (lane: LaneWindow) => number) => {
		let all = 0;
		for (const lane of lanes.values()) all += count(lane);
		return all;
	};
	const fill = ({waiting, placed}: Stocktaking) => {
		for (const one of waiting) {
			of(one).add(0, one.function, one.waiting);
			count(one.function, one.waiting + one.placed);
		}
		for (const one of placed) of(one).add(one.placed, '', 0);
	};
	fill(start);
	return {
		room: task => !held.has(task) && of(task).room,
		reserve(was, now) {
			if (now?.placed && !was?.placed) of(now).reserve();
		},
		release() {
			for (const lane of lanes.values()) lane.release();
		},
		applied(was, now) {
			of(now).add(isPlaced(now) - isPlaced(was), now.function, isWaiting(now) - isWaiting(was));
			count(now.function, isQueued(now) - isQueued(was));
		},
		recount(stock) {
			for (const lane of lanes.values()) lane.clear();
			queued.clear();
			fill(stock);
		},
		of,
		lanes: () => lanes.values(),
		queued: fn => queued.get(fn) ?? 0,
		get placed() {
			return sum(lane => lane.placed);
		},
		get backlog() {
			return sum(lane => lane.backlog);
		},
	};
}

/** What the store says of the broker and of the backlog. In a shared one other homes have placed some too. */
export async function takeStock(store: Store, home: string): Promise<Stocktaking> {
	const waiting = await store.stock();
	return {waiting, placed: store.shared ? await store.placed(home) : waiting};
}
