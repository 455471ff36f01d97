/** A supervisor, and how many workers it keeps now; null: it does not know yet. */
export type Keeper = {
	readonly id: string;
	readonly wanted: number | null;
	/** What its workers have. */
	readonly tags?: readonly string[] | undefined;
};

/**
 * Splits the workers of a pool over its supervisors: as evenly as it goes, and only the difference moves. Where
 * it does not come out even, one more is kept by those whose workers have more tags, since they serve more, then by
 * those that have more now, then by those whose id comes first; so asking again with what came out changes nothing.
 */
export function allot(workers: number, keepers: readonly Keeper[]): Map<string, number> {
	const ranked = keepers.toSorted(
		(a, b) =>
			(b.tags?.length ?? 0) - (a.tags?.length ?? 0) ||
			(b.wanted ?? 0) - (a.wanted ?? 0) ||
			(a.id < b.id ? -1 : Number(a.id > b.id)),
	);
	const each = Math.floor(workers / keepers.length);
	const over = workers % keepers.length;
	return new Map(ranked.map(({id}, at) => [id, each + (at < over ? 1 : 0)]));
}
