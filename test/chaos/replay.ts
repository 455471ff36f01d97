// Recorded histories are replayed against the model of test/model: is there a run of it, with whatever
// deliveries, losses and crashes, in which this task shows just this?
//
// What is checked: the whole list of decisions, in order. Admission, starts with their outcomes, retries,
// claims (which grant, redelivered or published again, alone or not, after how many losses), what the
// broker gave up, what the audit found lost, expiry, deadline, cancel, redrive; with the attempt of each,
// what each failure charged, and at the end the row: state, attempt, charges. A decision of the model that
// is not in the history is looked for as well: nothing visible may be left out.
// Of a claim it is checked, too, whether the worker is the one that claimed before.
//
// What is not: times, and which worker it was otherwise; the home's commits that no history tells of (placing,
// redoing after a start); other tasks, so no window and no neighbour in the executor. How the function
// ended each attempt, and how many faults there were, is taken from the history, so a refusal means: not
// with as few faults as explain each claim, and not with one more.
import type {HistoryEntry} from '#contract/audit.ts';
import type {TaskView} from '#contract/task.ts';
import {rules} from '../model/rules.ts';
import {findWitness, type Witness} from '../model/witness.ts';
import {marksOf, type Terms, worldOf} from './recorded.ts';

export type Replay = {
	/** Undefined: the model has a run that shows this history. */
	judge(view: TaskView, entries: readonly HistoryEntry[]): Refusal | undefined;
	readonly tally: Tally;
};

export type Refusal = {
	/** Where, and what the model would have shown there, in words. */
	readonly says: string;
	/** False: the search was given up, so there may be a run after all. */
	readonly sure: boolean;
};

export type Tally = {
	/** Histories that were judged, and how many different ones there were among them. */
	readonly histories: number;
	readonly kinds: number;
	/** Worlds of the model that were looked at. */
	readonly worlds: number;
};

/**
 * First the fewest faults that can explain a history, which suffices nearly always; then some more. The lawful ones
 * that were seen take some hundred worlds, and 31,000 where a worker asks again before another one does.
 */
const tries = [
	{more: 0, mostWorlds: 120_000},
	{more: 1, mostWorlds: 240_000},
];
/** After so many worlds, which take minutes, only the first try is made: a run of 10,000 tasks is to end. */
const mostInAll = 3_000_000;

/** Histories that differ in nothing but times and workers are judged once. */
export function createReplay(terms: Terms): Replay {
	const known = new Map<string, Refusal | undefined>();
	const tally = {histories: 0, kinds: 0, worlds: 0};
	const judgeKind = (view: TaskView, entries: readonly HistoryEntry[], marks: readonly string[]) => {
		let best: Witness | undefined;
		let sure = false;
		for (const {more, mostWorlds} of tries) {
			if (more > 0 && tally.worlds > mostInAll) break;
			const found = findWitness(worldOf(view, entries, terms, more), rules, marks, mostWorlds);
			tally.worlds += found.worlds;
			if (found.steps) return undefined;
			// A wider search that is given up may not have come as far as a narrow one.
			if (!best || found.shown >= best.shown) best = found;
			sure = found.complete;
		}
		return best && {says: refusal(best, sure, marks), sure};
	};
	return {
		tally,
		judge(view, entries) {
			const marks = marksOf(view, entries);
			const name = JSON.stringify([view.maxAttempts, view.failure?.permanent === true, marks]);
			tally.histories += 1;
			if (!known.has(name)) {
				tally.kinds += 1;
				known.set(name, judgeKind(view, entries, marks));
			}
			return known.get(name);
		},
	};
}

function refusal({shown, allowed}: Witness, sure: boolean, marks: readonly string[]): string {
	const after = shown === 0 ? 'at first' : `after "${marks[shown - 1]}"`;
	const instead = allowed.length > 0 ? allowed.map(mark => `"${mark}"`).join(' or ') : 'nothing';
	const how = sure ? 'no run of the model has' : 'no run of the model was found that has';
	const all = marks.join('; ');
	return `step ${shown + 1}: ${how} "${marks[shown]}" ${after}; it would show ${instead}. All of it: ${all}`;
}
