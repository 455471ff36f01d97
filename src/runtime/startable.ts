import type {Stock} from '#store/store.ts';
import type {Functions} from './functions.ts';
import type {PausedPools} from './pausedPools.ts';

/**
 * How many of these would run if there were slots for all of them: what is paused, or more than a function
 * may run at the same time, waits for something else than a worker.
 */
export function startable(
	{pool, function: fn, waiting, placed}: Stock,
	{functions: {paused, limits}, pools}: Held,
): number {
	if (pools.has(pool) || paused.has(fn)) return placed;
	const most = limits.get(fn) ?? Number.POSITIVE_INFINITY;
	return placed + Math.min(waiting, Math.max(0, most - placed));
}

type Held = {
	readonly functions: Pick<Functions, 'paused' | 'limits'>;
	readonly pools: Pick<PausedPools, 'has'>;
};
