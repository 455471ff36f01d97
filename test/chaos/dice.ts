// Chance that can be repeated: the same number gives the same run of chances.

export type Dice = {
	/** In [0, 1). */
	next(): number;
	/** A whole number, both ends included. */
	between(least: number, most: number): number;
	pick<T>(list: readonly T[]): T;
	/** The same in another order. */
	shuffled<T>(list: readonly T[]): T[];
	/** A die of its own, so that what one blow draws does not change what the next one draws. */
	fork(): Dice;
};

/** mulberry32: 32 bits of state, good enough to choose faults by. */
export function seeded(seed: number): Dice {
	let state = seed >>> 0;
	const next = (): number => {
		state = (state + 0x6d2b79f5) >>> 0;
		let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
		mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
		return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
	};
	const between = (least: number, most: number): number => least + Math.floor(next() * (most - least + 1));
	return {
		next,
		between,
		pick<T>(list: readonly T[]): T {
			if (list.length === 0) throw new Error('Expected something to pick from');
			return list[between(0, list.length - 1)] as T;
		},
		shuffled: list =>
			list
				.map(one => ({one, at: next()}))
				.sort((a, b) => a.at - b.at)
				.map(({one}) => one),
		fork: () => seeded(between(0, 2 ** 31)),
	};
}
