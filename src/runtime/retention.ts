import {pause} from '#lib/clock.ts';
import type {Ambient} from '#observe/observe.ts';
import type {Store} from '#store/store.ts';

const slice = 1000;
const betweenMs = 60_000;
/** Between two slices, so that others get their turn at the store. */
const breathMs = 50;

/**
 * Deletes terminal tasks some time after their end, in slices. Must be longer than the longest retry
 * of a producer: a late duplicate of a forgotten task is a new task (R12).
 */
export function keepTidy(
	{clock, log}: Ambient,
	store: Store,
	retentionMs: number,
	signal: AbortSignal,
): void {
	const sweep = async (): Promise<void> => {
		for (let more = true; more && !signal.aborted; ) {
			const deleted = await store.prune({endedBefore: clock.now() - retentionMs, limit: slice});
			more = deleted === slice;
			if (more) await pause(clock, breathMs, signal);
		}
	};
	const run = async (): Promise<void> => {
		for (;;) {
			await pause(clock, betweenMs, signal);
			if (signal.aborted) return;
			await sweep().catch(error => log.warn({err: error}, 'old tasks could not be deleted; trying again'));
		}
	};
	void run();
}
