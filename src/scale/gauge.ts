// What the rule is told of a pool, from what a server sees of it time after time. Everything is counted over
// the whole cluster: what is queued by the store, what ended by the heartbeats, and what came is what is
// queued more than before and what ended meanwhile. Pure, like the rule.
import type {Load} from './rule.ts';

/** A look at a pool. */
export type Look = {
	/** ms */
	readonly at: number;
	/** Attempts that wait for a slot or have one; without those that may not start now. */
	readonly open: number;
	readonly workers: readonly WorkerLook[];
};

export type WorkerLook = {
	readonly id: string;
	/** It takes more; one that drains does not, though it may still run some. */
	readonly takes: boolean;
	readonly slots: number;
	readonly busy: number;
	/** How long those that are busy have been so, all together, ms. */
	readonly busyMs: number;
	/** Attempts that ended since it started, and how long they had their slots, all together, ms. */
	readonly ended: number;
	readonly slotMs: number;
	readonly startedAt: number;
};

/** What was seen until now, what is older counting less. */
export type Gauge = {
	readonly load: Load;
	readonly last: Look;
	/** Sums over the horizon. */
	readonly spanMs: number;
	readonly came: number;
	/** How long what came will take its slots, as far as is known when it comes. */
	readonly broughtMs: number;
	readonly ended: number;
	/** Of slots that were taken. */
	readonly busyMs: number;
	/** Of the looks at which something had ended: their time, and what their mean attempt took times that. */
	readonly endedMs: number;
	readonly runMs: number;
};

/** After so many ms something counts for 1/e. */
const horizonMs = 20_000;

/** @param before undefined: it is the first look */
export function gauge(before: Gauge | undefined, look: Look): Gauge {
	const spanMs = before ? Math.max(0, look.at - before.last.at) : 0;
	const keep = Math.exp(-spanMs / horizonMs);
	const sum = (was: number | undefined, more: number) => (was ?? 0) * keep + more;
	const over = endedSince(before?.last, look);
	const came = before ? look.open - before.last.open + over.ended : 0;
	const busy = total(look.workers, one => one.busy);
	const mean = over.ended > 0 ? over.slotMs / over.ended : undefined;
	const sums = {
		spanMs: sum(before?.spanMs, spanMs),
		came: sum(before?.came, came),
		ended: sum(before?.ended, over.ended),
		broughtMs: sum(before?.broughtMs, came * (mean ?? before?.load.runMs ?? 0)),
		busyMs: sum(before?.busyMs, busy * spanMs),
		endedMs: sum(before?.endedMs, mean === undefined ? 0 : spanMs),
		runMs: sum(before?.runMs, (mean ?? 0) * spanMs),
	};
	const load: Load = {
		waiting: Math.max(0, look.open - busy),
		busy,
		taken: sums.spanMs > 0 ? sums.busyMs / sums.spanMs : busy,
		arrivals: sums.spanMs > 0 ? Math.max(0, (sums.came / sums.spanMs) * 1000) : 0,
		offered: sums.spanMs > 0 ? Math.max(0, sums.broughtMs / sums.spanMs) : 0,
		runMs: runMsOf(sums, before?.load.runMs, look, busy),
		slots: slotsOf(look) ?? before?.load.slots ?? 1,
		present: look.workers.filter(one => one.takes).length,
		idle: look.open === 0 && busy === 0 && over.ended === 0 && came <= 0,
	};
	return {load, last: look, ...sums};
}

/** Of a worker that is new what it has done since it started, unless that was before the last look. */
function endedSince(last: Look | undefined, {workers}: Look): {ended: number; slotMs: number} {
	const known = new Map(last?.workers.map(one => [one.id, one]));
	const deltas = workers.map(({id, ended, slotMs, startedAt}) => {
		const was = known.get(id) ?? (last && startedAt >= last.at ? {ended: 0, slotMs: 0} : {ended, slotMs});
		return {ended: Math.max(0, ended - was.ended), slotMs: Math.max(0, slotMs - was.slotMs)};
	});
	return {ended: total(deltas, one => one.ended), slotMs: total(deltas, one => one.slotMs)};
}

/**
 * The mean of what the looks say, each counting for its time: where ten a second end that take long, the
 * thousands that were short a minute ago do not outvote them. While hardly any end, those that run say that
 * it takes at least as long as they do.
 */
function runMsOf(
	{ended, endedMs, runMs}: Pick<Gauge, 'ended' | 'endedMs' | 'runMs'>,
	before: number | undefined,
	{workers}: Look,
	busy: number,
): number | undefined {
	if (ended >= 1 && endedMs > 0) return runMs / endedMs;
	if (before === undefined || busy === 0) return before;
	return Math.max(before, total(workers, one => one.busyMs) / busy);
}

/** The mean; undefined: there are no workers. */
function slotsOf({workers}: Look): number | undefined {
	return workers.length > 0 ? Math.round(total(workers, one => one.slots) / workers.length) : undefined;
}

const total = <T>(list: readonly T[], count: (one: T) => number): number =>
	list.reduce((sum, one) => sum + count(one), 0);
