import type {Functions} from '#runtime/functions.ts';
import type {Stock} from '#store/store.ts';

/** How many of these would run if there were slots for all: what is paused waits for something else. */
export function startable(
	{function: fn, waiting, placed}: Stock,
	{paused}: Pick<Functions, 'paused'>,
): number {
	return placed + (paused.has(fn) ? 0 : waiting);
}
