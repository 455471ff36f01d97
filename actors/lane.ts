/** Priorities, the most urgent first. */
export const classes = ['high', 'normal', 'low'] as const;
export type Class = (typeof classes)[number];

/** Turns of each class, where all of them wait. */
export const weights = {high: 16, normal: 4, low: 1} as const satisfies Record<Class, number>;

/** Where a task waits for a worker: each class of each part of a pool has a queue, and room in the broker, of its own. */
export type Lane = {readonly pool: string; readonly class: Class};

export const defaultPool = 'default';
export const defaultClass: Class = 'normal';

/** What some workers of a pool have and others lack (a GPU, a licence), and a function may need. */
export const tagName = /^[a-z][a-z0-9-]{0,31}$/;
/** A worker listens to a queue of each class for every set of its tags: sixteen sets. */
export const mostTags = 4;

export const areTags = (tags: readonly string[]): boolean =>
	tags.length <= mostTags && tags.every(tag => tagName.test(tag));

/** Stands in no name of a pool or a tag. */
const between = '+';

/**
 * The part of a pool for tasks that need these tags: `default+eu+gpu`; without any, the pool itself. It is a
 * pool in all that is about queues and room, so that what waits for a tag stands in nobody's way.
 */
export const partOf = (pool: string, needs: readonly string[] = []): string =>
	needs.length === 0 ? pool : [pool, ...[...new Set(needs)].sort()].join(between);

/** What a part is made of. */
export function readPart(part: string): {pool: string; needs: string[]} {
	const [pool = part, ...needs] = part.split(between);
	return {pool, needs};
}

/** The pool that a part belongs to. */
export const poolOf = (part: string): string => readPart(part).pool;

/** Whom a worker serves: every part of its pool that needs no tag which it lacks. */
export function partsOf(pool: string, tags: readonly string[] = []): string[] {
	let sets: string[][] = [[]];
	for (const tag of new Set(tags)) sets = sets.flatMap(set => [set, [...set, tag]]);
	return sets.map(set => partOf(pool, set));
}

export function serves(
	worker: {readonly pool: string; readonly tags?: readonly string[]},
	part: string,
): boolean {
	const {pool, needs} = readPart(part);
	return worker.pool === pool && needs.every(tag => worker.tags?.includes(tag));
}

/** One value a lane: a table in a table, because a name made of both parts would be made for every task. */
export class LaneMap<T> {
	readonly #pools = new Map<string, Map<Class, T>>();

	get({pool, class: priority}: Lane): T | undefined {
		return this.#pools.get(pool)?.get(priority);
	}

	set({pool, class: priority}: Lane, value: T): void {
		const known = this.#pools.get(pool);
		if (known) known.set(priority, value);
		else this.#pools.set(pool, new Map([[priority, value]]));
	}

	*values(): IterableIterator<T> {
		for (const lanes of this.#pools.values()) yield* lanes.values();
	}
}

/** Pool names hold no space, so two lanes never have one name. */
export const laneName = (lane: Lane): string => `${lane.pool} ${lane.class}`;
