// The simulation with a trace, and with what is usual: the rule's defaults, and a worker's start as measured.
import type {ScaleRule} from '#scale/rule.ts';
import {seeded} from '../chaos/dice.ts';
import {type Report, simulate} from './simulation.ts';
import {arrivalsOf, runsOf, type Trace} from './traces.ts';

export const usual = {
	slots: 4,
	startMs: 3000,
	everyMs: 2000,
	rule: {min: 0, max: 20, targetWaitMs: 5000, cooldown: {upMs: 5000, downMs: 60_000}},
} as const;

export function play(trace: Trace, more: Partial<ScaleRule> = {}, seed = 1): Report {
	const die = seeded(seed);
	const dice = () => die.next();
	const arrivals = arrivalsOf(trace, dice);
	const runs = runsOf(trace, arrivals, dice);
	return simulate({
		...usual,
		arrivals,
		runMs: task => runs[task] as number,
		untilMs: (trace.perSecond.length + 300) * 1000,
		rule: {...usual.rule, max: trace.max, ...more},
	});
}

/** The smallest pool of a size that never changes that meets the target for 95 of 100 tasks. */
export function fixed(trace: Trace): {workers: number; workerSeconds: number} {
	for (let workers = 1; ; workers++) {
		const {waitMs, workerSeconds} = play(trace, {min: workers, max: workers});
		if (waitMs.p95 <= usual.rule.targetWaitMs || workers > 200) return {workers, workerSeconds};
	}
}
