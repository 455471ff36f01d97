// How long an attempt that is placed now will wait for a slot, as far as this server can know: by what it
// has placed itself, and by how fast that is taken. While something waits, the time between two ends is
// what one place in the line costs, whatever slots and cores there are; before that is known, the mean
// run time divided by the slots stands for it.
import {type Class, classes, type Lane} from '#actors/lane.ts';
import type {Clock} from '#lib/clock.ts';

export type WaitTime = {
	/** Ms; infinite where no worker of the pool is alive. Undefined: not known. */
	of(lane: Lane): number | undefined;
	/** An attempt in this pool has ended. */
	ended(pool: string, runMs: number): void;
};

type Parts = {
	/** Slots of the live workers of a pool. */
	readonly slots: (pool: string) => number;
	/** Attempts of a lane that are placed and have not ended. */
	readonly placed: (lane: Lane) => number;
};

type Pace = {
	meanMs: number;
	/** Between two ends while something waited; undefined: nothing ever has. */
	intervalMs: number | undefined;
	/** The last end, or when something began to wait after it; undefined: nothing waits. */
	since: number | undefined;
};

/** The weight of the newest measurement in the moving means. */
const weight = 0.05;
/** What a starting server has not heard of yet may be alive: three heartbeats. */
const deafMs = 3000;
/** What nobody has measured yet may take minutes, or nothing. */
const unknownMs = 1000;

export function createWaitTime(clock: Clock, {slots, placed}: Parts): WaitTime {
	const paces = new Map<string, Pace>();
	const startedAt = clock.now();

	const line = (pool: string, most: readonly Class[]) =>
		most.reduce((sum, priority) => sum + placed({pool, class: priority}), 0) - slots(pool);
	const paceOf = (pool: string, runMs: number): Pace => {
		const pace = paces.get(pool) ?? {meanMs: runMs, intervalMs: undefined, since: undefined};
		paces.set(pool, pace);
		return pace;
	};
	return {
		of({pool, class: priority}) {
			const now = clock.now();
			const there = slots(pool);
			if (there === 0) return now - startedAt < deafMs ? undefined : Number.POSITIVE_INFINITY;
			const before = line(pool, classes.slice(0, classes.indexOf(priority) + 1));
			if (before <= 0) return 0;
			const pace = paceOf(pool, unknownMs);
			pace.since ??= now;
			// Nothing has ended for a while: so much longer it takes at least.
			return now - pace.since + before * (pace.intervalMs ?? pace.meanMs / there);
		},
		ended(pool, runMs) {
			const now = clock.now();
			const pace = paceOf(pool, runMs);
			pace.meanMs += (runMs - pace.meanMs) * weight;
			if (pace.since !== undefined) {
				const usual = pace.intervalMs ?? pace.meanMs / Math.max(1, slots(pool));
				pace.intervalMs = usual + (now - pace.since - usual) * weight;
			}
			pace.since = line(pool, classes) > 0 ? now : undefined;
		},
	};
}
