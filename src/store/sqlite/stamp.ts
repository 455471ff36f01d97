/** What every change of one commit is stamped with (R5), and the deltas it adds up on the way. */
export type Stamping = {
	readonly home: string;
	readonly epoch: number;
	readonly seq: number;
	readonly tally: Tally;
};

/** How the numbers of tasks by function, state and placement change in one transaction. */
export type Tally = {
	add(fn: string, state: string, placed: number, delta: number): void;
	entries(): Iterable<{fn: string; state: string; placed: number; delta: number}>;
};

export function createTally(): Tally {
	const cells = new Map<string, {fn: string; state: string; placed: number; delta: number}>();
	return {
		add(fn, state, placed, delta) {
			// Neither function names nor states hold a space.
			const name = `${fn} ${state} ${placed}`;
			const cell = cells.get(name);
			if (cell) cell.delta += delta;
			else cells.set(name, {fn, state, placed, delta});
		},
		entries: () => cells.values(),
	};
}
