// How many workers a pool should have, from what is seen of it. Pure: what it remembers is handed in and
// comes back, so that a simulation and a server run the same rule.
//
// In the time T that a task may wait, a worker of n slots whose attempts take S each starts n at once and n·T/S
// as those end: n·(1 + T/S). What must start in T is what waits, what comes, and (its slot is taken) what
// runs. With nothing waiting that is Little's law, λ·S/n; with long attempts it is a slot for each; with short
// ones it is the backlog over T. One formula, and absolute: what was ordered and is not there yet counts once.
//
// It never flaps under a load that stays as it is: fewer than keep up at 90 % of their slots are too few, more
// than do at 65 % are too many, and it goes to 80 %, which is neither.
import {formatDuration} from '#lib/duration.ts';

/** A pool's rule. Times in ms. */
export type ScaleRule = {
	readonly min: number;
	/** At least 1. */
	readonly max: number;
	/** How long a task may wait for its start. */
	readonly targetWaitMs: number;
	readonly cooldown: {
		/** Between two steps up; the one from zero waits for nothing. */
		readonly upMs: number;
		/** For so long must fewer have been enough before there are fewer. */
		readonly downMs: number;
	};
};

/** What is seen of a pool. */
export type Load = {
	/** Attempts that could start now if a slot were free. */
	readonly waiting: number;
	/** Slots that are taken. */
	readonly busy: number;
	/** The same, on average over the last time. */
	readonly taken: number;
	/** A second. */
	readonly arrivals: number;
	/** Slots that those take in the long run: how many come times how long each takes. */
	readonly offered: number;
	/** How long an attempt takes its slot; undefined: none of them has ended yet. */
	readonly runMs: number | undefined;
	/** Of one worker. */
	readonly slots: number;
	/** Workers that take tasks. */
	readonly present: number;
	/** Nothing is open, and nothing came since the look before. */
	readonly idle: boolean;
};

/** What the rule remembers of a pool from look to look. */
export type Memory = {
	/** What would have been right at each look within `downMs`. */
	readonly needs: readonly Need[];
	/** The first look: before it saw a whole `downMs` it takes nothing away. */
	readonly since: number;
	/** The last step up, and the last one down. */
	readonly upAt: number | undefined;
	readonly downAt: number | undefined;
};

type Need = {
	readonly at: number;
	/** Fewer are too few. */
	readonly least: number;
	readonly right: number;
	/** More are too many. */
	readonly most: number;
};

export type Decision = {
	readonly workers: number;
	/** A sentence with the numbers. */
	readonly why: string;
	readonly memory: Memory;
};

/** Shares of the slots that are taken in the long run. */
const full = 0.9;
const aim = 0.8;
const slack = 0.65;

/** Steps down are at least this part of `downMs` apart: what was needed for a moment leaves in a few steps, not in ten. */
const slowness = 4;

/** @param wanted how many there should be until now */
export function decide(
	rule: ScaleRule,
	load: Load,
	{wanted, memory, now}: {wanted: number; memory: Memory | undefined; now: number},
): Decision {
	const {upMs, downMs} = rule.cooldown;
	const need = needOf(rule, load, now);
	const since = memory?.since ?? now;
	const needs = [...(memory?.needs ?? []).filter(({at}) => at > now - downMs), need];
	const {upAt, downAt} = memory ?? {};
	const seen = told(rule, load);
	const say = (workers: number, why: string): Decision => ({
		workers,
		why: `${seen}: ${why}`,
		memory: {
			...{needs, since},
			upAt: workers > wanted ? now : upAt,
			downAt: workers < wanted ? now : downAt,
		},
	});

	if (wanted < need.least) {
		const restMs = wanted > 0 && upAt !== undefined ? upAt + upMs - now : 0;
		if (restMs > 0) return say(wanted, `needed ${need.right}, in ${formatDuration(restMs)} (cooldown)`);
		return say(need.right, `needed ${need.right}${bounded(rule, need.right)}`);
	}
	if (wanted > rule.max) return say(rule.max, `allowed ${rule.max}`);
	if (wanted <= need.most) return say(wanted, `right ${wanted}${bounded(rule, wanted)}`);
	const enough = `enough ${need.right}`;
	const peak = needs.reduce((a, b) => (b.most >= a.most ? b : a));
	if (wanted <= peak.most) return say(wanted, `${enough}, but not ${formatDuration(now - peak.at)} ago`);
	const restMs = Math.max(since + downMs, (downAt ?? since) + downMs / slowness) - now;
	if (restMs > 0) return say(wanted, `${enough}, in ${formatDuration(restMs)} (cooldown)`);
	// Whatever the formula makes of it: slots that are taken are needed.
	const taken = load.idle ? 0 : Math.min(wanted, Math.ceil(load.taken / (load.slots * full)));
	const right = Math.max(taken, ...needs.map(one => one.right));
	if (right >= wanted) return say(wanted, `${enough}, but ${round(load.taken)} slots are taken`);
	return say(right, `enough ${right} for ${formatDuration(downMs)}${bounded(rule, right)}`);
}

function needOf({min, max, targetWaitMs}: ScaleRule, load: Load, at: number): Need {
	const within = (count: number) => Math.min(max, Math.max(min, count));
	const {waiting, busy, offered, runMs, slots, present, idle} = load;
	if (idle) return {at, least: within(0), right: within(0), most: within(0)};
	if (runMs === undefined) {
		// Nobody knows yet what a slot is worth: a slot for each, but no more than twice the workers at a time.
		const right = within(Math.min(Math.ceil((waiting + busy) / slots), Math.max(1, 2 * present)));
		return {at, least: right, right, most: right};
	}
	const times = targetWaitMs / Math.max(runMs, 1);
	const starts = slots * (1 + times);
	const steady = (busy + offered * times) / starts;
	const backlog = waiting / starts;
	// A hair above a whole number is that number; something is open or has just come, so one at least.
	const up = (count: number) => within(Math.max(1, Math.ceil(count - 1e-9)));
	const right = up(steady / aim + backlog);
	const most = Math.max(right, within(Math.floor(steady / slack + backlog)));
	return {at, least: up(steady / full + backlog), right, most};
}

function told(
	{targetWaitMs}: ScaleRule,
	{waiting, busy, arrivals, runMs, slots, present, idle}: Load,
): string {
	if (idle) return `nothing waits, runs or comes; ${present} there`;
	const open = `${waiting} wait, ${busy} of ${present * slots} slots run, ${round(arrivals)}/s come`;
	if (runMs === undefined) return `${open}, and none has ended yet`;
	const starts = slots * (1 + targetWaitMs / Math.max(runMs, 1));
	const each = `${formatDuration(runMs)} each`;
	return `${open}, ${each}; a worker starts ${round(starts)} within ${formatDuration(targetWaitMs)}`;
}

function bounded({min, max}: ScaleRule, workers: number): string {
	if (workers === max) return ' (the most that is allowed)';
	return workers === min && min > 0 ? ' (the fewest that are allowed)' : '';
}

const round = (value: number): string =>
	value >= 100 ? value.toFixed(0) : String(Number(value.toPrecision(2)));
