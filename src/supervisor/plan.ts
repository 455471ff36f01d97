/** A worker process, as far as it matters for what to do next. */
export type Unit = {
	readonly state: 'starting' | 'ready' | 'draining';
	/** It is to be replaced. */
	readonly old: boolean;
};

export type Plan<U extends Unit> = {readonly start: number; readonly drain: readonly U[]};

/**
 * What has to start and to drain so that `wanted` workers of the newest kind take work.
 *
 * - While there are old ones, at most `mostAtOnce` processes more than wanted are there, those that drain
 *   among them, and an old one drains only when as many as wanted are ready without it.
 * - What is too much drains: what has not started yet first, then what came last.
 * @param units oldest first
 */
export function plan<U extends Unit>(units: readonly U[], wanted: number, mostAtOnce: number): Plan<U> {
	const live = units.filter(({state}) => state !== 'draining');
	const olds = live.filter(({old}) => old);
	const isStarting = ({state}: U) => state === 'starting';
	if (olds.length === 0) {
		const youngest = live.toReversed();
		const ranked = [...youngest.filter(isStarting), ...youngest.filter(one => !isStarting(one))];
		return {
			start: Math.max(0, wanted - live.length),
			drain: ranked.slice(0, Math.max(0, live.length - wanted)),
		};
	}
	const ready = live.filter(one => !isStarting(one)).length;
	const spare = wanted + Math.min(mostAtOnce, olds.length) - units.length;
	const missing = wanted - (live.length - olds.length);
	const served = olds.filter(one => !isStarting(one));
	return {
		start: Math.max(0, Math.min(missing, Math.max(wanted - live.length, spare))),
		drain: [...olds.filter(isStarting), ...served.slice(0, Math.max(0, ready - wanted))],
	};
}
