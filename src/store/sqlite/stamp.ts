import type {Lane} from '#actors/lane.ts';

/** What every change of one commit is stamped with (R5), and the deltas it adds up on the way. */
export type Stamping = {
	readonly home: string;
	readonly epoch: number;
	readonly seq: number;
	readonly tally: Tally;
};

/** How the numbers of tasks by function, state, placement and lane change in one transaction. */
export type Tally = {
	add(of: Counted, state: string, placed: number, delta: number): void;
	entries(): Iterable<Cell>;
	/** How many more of a function are placed. */
	placed(fn: string): number;
};

/** What counts a task never changes. */
export type Counted = Lane & {readonly function: string};

type Cell = {readonly of: Counted; readonly state: string; readonly placed: number; delta: number};

export function createTally(): Tally {
	const cells = new Map<string, Cell>();
	return {
		add(of, state, placed, delta) {
			// None of these names holds a space.
			const name = `${of.function} ${state} ${placed} ${of.pool} ${of.class}`;
			const cell = cells.get(name);
			if (cell) cell.delta += delta;
			else cells.set(name, {of, state, placed, delta});
		},
		entries: () => cells.values(),
		placed(fn) {
			let sum = 0;
			for (const {of, state, placed, delta} of cells.values())
				if (of.function === fn && state === 'queued' && placed === 1) sum += delta;
			return sum;
		},
	};
}
