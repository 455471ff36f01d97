import {pause} from '#lib/clock.ts';
import type {Ambient} from '#observe/observe.ts';
import type {Store} from '#store/store.ts';
import type {Names} from '#transport/topology.ts';
import type {Transport} from '#transport/transport.ts';
import {forgetSilent} from './forgetting.ts';

type Parts = {
	readonly home: string;
	readonly store: Store;
	readonly transport: Transport;
	readonly names: Names;
	readonly retentionMs: number;
	readonly over: AbortSignal;
};

const slice = 1000;
const betweenMs = 60_000;
/** Between two slices, so that others get their turn at the store. */
const breathMs = 50;
const homesEveryMs = 3_600_000;

/**
 * Deletes terminal tasks some time after their end, in slices. Must be longer than the longest retry
 * of a producer: a late duplicate of a forgotten task is a new task (R12). And homes that come no more.
 */
export function keepTidy(ambient: Ambient, {retentionMs, over: signal, ...parts}: Parts): void {
	const {clock, log} = ambient;
	const {store} = parts;
	let homesAt = clock.now();
	const lookAtHomes = async (): Promise<void> => {
		if (clock.now() - homesAt < homesEveryMs) return;
		homesAt = clock.now();
		await forgetSilent(ambient, parts);
	};
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
			await lookAtHomes().catch(error => log.warn({err: error}, 'silent servers could not be forgotten'));
		}
	};
	void run();
}
