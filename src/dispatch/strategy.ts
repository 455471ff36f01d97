/**
 * Who of the workers that have room gets the next attempts of a function. A choice is made on what a worker
 * said last and on what it was sent since; it has no memory of its own.
 */
export type Candidate = {
	readonly worker: string;
	readonly slots: number;
	/** Lists of attempts that it has, or was sent and has not named yet. */
	readonly load: number;
	/** Of those, the ones it has not named yet. */
	readonly unheard: number;
	/** Sandboxes in which the function was loaded, and what it was sent of it since. */
	readonly warm: number;
	/** Free memory of its machine, bytes; undefined: it does not say. */
	readonly freeBytes: number | undefined;
};

/** Gives one of the candidates, of which there is at least one. Who comes first says nothing. */
export type Strategy = <C extends Candidate>(fn: string, candidates: readonly [C, ...C[]]) => C;

/** The candidate with the highest score, by the first score that differs, and then by name. */
export function best<C extends Candidate>(
	candidates: readonly [C, ...C[]],
	...scores: ((one: C) => number)[]
): C {
	const [first, ...others] = candidates;
	const isBetter = (one: C, than: C): boolean => {
		for (const score of scores) {
			const more = score(one) - score(than);
			if (more !== 0) return more > 0;
		}
		return one.worker < than.worker;
	};
	return others.reduce((found, one) => (isBetter(one, found) ? one : found), first);
}
