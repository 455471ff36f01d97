// Gives attempts their inputs on their way to dispatch. An input may have 8 MiB and a lane's window thousands of
// attempts, so what is held here is bounded in bytes, for each lane by itself: what was committed a moment ago
// brings its input along; past the bound that is let go, and read from the store when there is room. An input is
// held until its attempt is placed: by then the broker has it, or a worker.
import {type Lane, LaneMap} from '#actors/lane.ts';
import type {Ambient} from '#observe/observe.ts';
import type {Store} from '#store/store.ts';
import type {Dispatch, Placement} from './runtime.ts';

/** An attempt, and its input if that need not be read; it is taken away from here. */
export type Order = Omit<Placement, 'input'> & {input?: Buffer | undefined};

export type Supply<O extends Order> = {
	place(orders: readonly O[]): void;
	/** It waits here for its input. */
	holds(task: string, attempt: number): boolean;
};

type Parts<O> = {
	readonly store: Pick<Store, 'inputs'>;
	readonly dispatch: Pick<Dispatch, 'place'>;
	/** It is there; called again if it goes on to somewhere else. */
	readonly placed: (order: O, to: string | null) => void;
	/** Its input is not in the store, so it will never be placed. */
	readonly missing: (order: O) => void;
	/** Aborted: what can't be read is left to the next start. */
	readonly over: AbortSignal;
};

/** The most that a lane holds; an input that alone is larger is held alone. */
const mostBytes = 32 * 2 ** 20;
/** The most that is read at once. */
const sliceBytes = 16 * 2 ** 20;
const sliceCount = 500;
/** How long to wait before the store is asked again for what it could not give. */
const againMs = 250;

type Supplied = Placement & {readonly told: (to: string | null) => void};
type LaneSupply<O> = {
	/** Without their inputs, oldest first. */
	readonly waiting: O[];
	heldBytes: number;
	isReading: boolean;
	/** Half as much after each time that the store could not give it, so that it can some day. */
	nextBytes: number;
};

export function createSupply<O extends Order>({clock, log}: Ambient, parts: Parts<O>): Supply<O> {
	const {store, dispatch, over} = parts;
	const lanes = new LaneMap<LaneSupply<O>>();
	const names = new Set<string>();
	const laneOf = (of: Lane): LaneSupply<O> => {
		const known = lanes.get(of);
		if (known) return known;
		const fresh: LaneSupply<O> = {waiting: [], heldBytes: 0, isReading: false, nextBytes: sliceBytes};
		lanes.set(of, fresh);
		return fresh;
	};
	/** Holds the input until its attempt is placed. */
	const supplied = (lane: LaneSupply<O>, order: O, input: Buffer): Supplied => {
		// Whoever keeps `told` keeps no input.
		const {length} = input;
		let isPlaced = false;
		lane.heldBytes += length;
		const told = (to: string | null) => {
			parts.placed(order, to);
			if (isPlaced) return;
			isPlaced = true;
			lane.heldBytes -= length;
			read(lane);
		};
		return {...order, input, told};
	};
	const give = (list: readonly Supplied[]) => {
		if (list.length > 0) dispatch.place(list, (placement, to) => (placement as Supplied).told(to));
	};
	/** What had no input before the last one that has one has none; nor has any, if none has. */
	const found = (lane: LaneSupply<O>, asked: readonly O[], bodies: ReadonlyMap<string, Buffer>) => {
		const last = asked.findLastIndex(({row}) => bodies.has(row.id));
		const seen = lane.waiting.splice(0, last < 0 ? asked.length : last + 1);
		const list: Supplied[] = [];
		for (const order of seen) {
			names.delete(nameOf(order.row));
			const input = bodies.get(order.row.id);
			if (input) list.push(supplied(lane, order, input));
			else parts.missing(order);
		}
		give(list);
	};
	const read = (lane: LaneSupply<O>): void => {
		if (lane.isReading || lane.waiting.length === 0 || lane.heldBytes > mostBytes - sliceBytes) return;
		const asked = firstOf(lane.waiting);
		const ids = asked.map(({row}) => row.id);
		const goOn = () => {
			lane.isReading = false;
			read(lane);
		};
		lane.isReading = true;
		store.inputs(ids, lane.nextBytes).then(
			bodies => {
				lane.nextBytes = Math.min(sliceBytes, lane.nextBytes * 2);
				found(lane, asked, bodies);
				goOn();
			},
			error => {
				if (over.aborted) return;
				log.warn({err: error, bytes: lane.nextBytes}, 'inputs could not be read; trying again');
				lane.nextBytes = Math.ceil(lane.nextBytes / 2);
				clock.after(againMs, goOn);
			},
		);
	};
	return {
		place(orders) {
			const ready: Supplied[] = [];
			for (const order of orders) {
				const {row, input} = order;
				order.input = undefined;
				const lane = laneOf(row);
				// While others wait, what comes later leaves them the room that they need to be read.
				const room = mostBytes - lane.heldBytes - (lane.waiting.length > 0 ? sliceBytes : 0);
				if (input && input.length <= room) ready.push(supplied(lane, order, input));
				else {
					lane.waiting.push(order);
					names.add(nameOf(row));
				}
			}
			give(ready);
			for (const lane of lanes.values()) read(lane);
		},
		holds: (task, attempt) => names.has(nameOf({id: task, attempt})),
	};
}

const nameOf = ({id, attempt}: {readonly id: string; readonly attempt: number}) => `${id} ${attempt}`;

/** As many as are asked for at once, each task once. */
function firstOf<O extends Order>(waiting: readonly O[]): O[] {
	const tasks = new Set<string>();
	const list: O[] = [];
	for (const order of waiting) {
		if (list.length === sliceCount || tasks.has(order.row.id)) break;
		tasks.add(order.row.id);
		list.push(order);
	}
	return list;
}
