// Random schedules, and shrinking of what they find.
import {checkRest} from './invariants.ts';
import {type Config, type Counts, createModel, createWorld} from './model.ts';
import type {Rules} from './rules.ts';
import {isSame, type Step} from './step.ts';
import {apply, enabled} from './steps.ts';

export type Found = {
	/** The violation, or null. */
	readonly bad: string | null;
	readonly trace: readonly Step[];
	readonly counts: Counts;
};

/** mulberry32: the same seed, the same schedule. Numbers in [0, 1). */
function dice(seed: number): () => number {
	let a = seed >>> 0;
	return () => {
		a = (a + 0x6d2b79f5) | 0;
		let t = Math.imul(a ^ (a >>> 15), 1 | a);
		t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
		return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
	};
}

const slow: ReadonlySet<string> = new Set([
	'starts',
	'resumes',
	'renews its lease',
	'starts again',
	'has its lease run out',
]);

/** One random schedule: chaos for `chaos` steps, then calm until nothing moves. */
export function walk(
	config: Config,
	rules: Readonly<Rules>,
	seed: number,
	{chaos = 120, most = 4000} = {},
): Found {
	const m = createModel(config, rules);
	const w = createWorld(config);
	const roll = dice(seed);
	const trace: Step[] = [];
	const eager = 0.35 * (0.15 + 0.85 * roll());
	for (let i = 0; i < most; i++) {
		const calm = i >= chaos;
		const steps = enabled(m, w, calm);
		if (steps.length === 0) return {bad: checkRest(m, w), trace, counts: m.counts};
		const step = pick(steps, calm, eager, roll);
		trace.push(step);
		apply(m, w, step);
		if (m.bad) return {bad: m.bad, trace, counts: m.counts};
	}
	return {bad: 'livelock: did not come to rest', trace, counts: m.counts};
}

function pick(steps: Step[], calm: boolean, eager: number, roll: () => number): Step {
	let among = steps;
	if (!calm && roll() > eager) among = some(among, step => step.fault === '');
	// Healing is slow, so that faults have an effect.
	if (roll() < 0.7) among = some(among, step => !slow.has(step.name));
	return among[Math.floor(roll() * among.length)] as Step;
}

function some(steps: Step[], keep: (step: Step) => boolean): Step[] {
	const kept = steps.filter(keep);
	return kept.length > 0 ? kept : steps;
}

/** Follows a trace, leaving out what cannot happen, and then whatever comes first until nothing moves. */
function replay(config: Config, rules: Readonly<Rules>, trace: readonly Step[]): Found {
	const m = createModel(config, rules);
	const w = createWorld(config);
	const done: Step[] = [];
	const act = (step: Step): boolean => {
		done.push(step);
		apply(m, w, step);
		return m.bad !== null;
	};
	for (const step of trace) {
		const same = enabled(m, w).filter(one => isSame(one, step));
		const hit = same.find(one => one.i === step.i && one.j === step.j) ?? same[0];
		if (hit && act(hit)) return {bad: m.bad, trace: done, counts: m.counts};
	}
	for (let i = 0; i < 600; i++) {
		const [next] = enabled(m, w, true);
		if (!next) return {bad: checkRest(m, w), trace: done, counts: m.counts};
		if (act(next)) return {bad: m.bad, trace: done, counts: m.counts};
	}
	return {bad: 'livelock: did not come to rest', trace: done, counts: m.counts};
}

/** What kind of violation it is. */
export const kindOf = (bad: string): string => bad.replace(/:.*/, '');

/** Greedy: drops pieces of the trace while a violation of the same kind stays. Short, not the shortest. */
export function shrink(config: Config, rules: Readonly<Rules>, found: Found): Found {
	const kind = kindOf(found.bad ?? '');
	let best = found;
	for (let size = Math.max(1, found.trace.length >> 1); size >= 1; size >>= 1) {
		for (let i = 0; i + size <= best.trace.length; ) {
			const cut = [...best.trace.slice(0, i), ...best.trace.slice(i + size)];
			const next = replay(config, rules, cut);
			const better = next.bad !== null && kindOf(next.bad) === kind && next.trace.length < best.trace.length;
			if (better) best = next;
			else i += size;
		}
	}
	return best;
}
