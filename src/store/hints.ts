/**
 * What one process has done in a shared store, as a hint to the others: it is told after the commit, and
 * may be lost, also many in a row. Whoever needs to know looks by itself, only later.
 */
export type Hint = {
	/** These tasks have ended; `many`: too many to be named. */
	readonly ends?: readonly string[] | 'many';
	/** There is more that waits in the store. */
	readonly backlog?: boolean;
	/** A home has come or gone. */
	readonly homes?: boolean;
};

export type Hints = {
	/** Gathers what is told while something is on its way; never waits, never fails. */
	tell(hint: Hint): void;
	/**
	 * Hears the others, and once whenever hints may have been missed: then of everything. Whenever it begins
	 * to hear the others are told that somebody has come. One listener.
	 */
	listen(hear: (hint: Hint) => void): void;
	stop(): Promise<void>;
};

/** Anything may have happened. */
export const anything: Hint = {ends: 'many', backlog: true, homes: true};

/** So many ends are named one by one. */
const mostNamed = 200;

/** Two hints as one. */
export function joined(one: Hint, other: Hint): Hint {
	const ends = joinedEnds(one.ends ?? [], other.ends ?? []);
	return {
		...(ends.length > 0 && {ends}),
		...((one.backlog || other.backlog) && {backlog: true}),
		...((one.homes || other.homes) && {homes: true}),
	};
}

function joinedEnds(one: readonly string[] | 'many', other: readonly string[] | 'many') {
	if (one === 'many' || other === 'many' || one.length + other.length > mostNamed) return 'many';
	return [...one, ...other];
}
