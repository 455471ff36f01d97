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
	// A commit has few cells of a function: to look at each costs less than to make a name of all five parts.
	const cells = new Map<string, Cell[]>();
	return {
		add(of, state, placed, delta) {
			const known = cells.get(of.function) ?? [];
			if (known.length === 0) cells.set(of.function, known);
			const {pool, class: priority} = of;
			const cell = known.find(
				one =>
					one.state === state && one.placed === placed && one.of.pool === pool && one.of.class === priority,
			);
			if (cell) cell.delta += delta;
			else known.push({of, state, placed, delta});
		},
		*entries() {
			for (const all of cells.values()) yield* all;
		},
		placed(fn) {
			let sum = 0;
			for (const {state, placed, delta} of cells.get(fn) ?? [])
				if (state === 'queued' && placed === 1) sum += delta;
			return sum;
		},
	};
}
