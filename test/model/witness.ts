// Can the model do what was seen? A history shows the decisions of one task; what the broker, the workers
// and the faults did in between is hidden. So all that they may have done is searched, for one run of the
// model that shows exactly these marks in this order: its witness.
//
// The search goes on from the worlds that have shown most, and of these from the ones that have seen the
// fewest faults, so a history that is lawful is witnessed after a few hundred worlds. One that is not is refused only when every world within the configuration's faults
// has been looked at: then `complete` is true, and it is a proof (but for a collision of hashes).
import {copyWorld} from './copy.ts';
import {hash} from './exhaust.ts';
import {claimerOf, endOfRow, marksOf} from './mark.ts';
import {type Config, createModel, createWorld, must} from './model.ts';
import type {Rules} from './rules.ts';
import {isTerminal, type Work} from './state.ts';
import type {Step} from './step.ts';
import {apply, enabled} from './steps.ts';
import type {World} from './world.ts';

export type Witness = {
	/** The run, or null: there is none, or none was found. */
	readonly steps: readonly Step[] | null;
	/** False: given up at the limit. */
	readonly complete: boolean;
	readonly worlds: number;
	/** How many of the marks some run showed, and what runs that came so far could have shown next. */
	readonly shown: number;
	readonly allowed: readonly string[];
};

type Link = {readonly step: Step; readonly up: Link | null};
type At = {
	readonly w: World;
	readonly link: Link | null;
	readonly faults: number;
	readonly claimer: string;
};

/**
 * @param config a world of one task, one node and one event in its hands at a time
 * @param marks in order; see mark.ts
 * @param mostWorlds when to give up
 */
export function findWitness(
	config: Config,
	rules: Readonly<Rules>,
	marks: readonly string[],
	mostWorlds: number,
): Witness {
	let made: string[] = [];
	let claimer = '';
	let front = 0;
	const m = createModel(config, rules, (op, plan, before, row) => {
		made.push(...marksOf(op, plan, before, row, claimer));
		claimer = claimerOf(op) || claimer;
		const isLast = made.length > 0 && front + made.length === marks.length - 1;
		if (isLast && isTerminal(row.state)) made.push(endOfRow(row));
	});
	// By how much was shown, then by how many faults there were; the latest found is looked at first.
	const fronts: At[][][] = marks.map(() => []);
	const allowed: Set<string>[] = marks.map(() => new Set());
	const seen = new Set<number>();
	enter(fronts[0], {w: createWorld(config), link: null, faults: 0, claimer: ''});
	let shown = 0;
	const result = (link: Link | null, complete: boolean): Witness => ({
		...{steps: link && pathTo(link), complete, worlds: seen.size, shown},
		allowed: [...(allowed[shown] ?? [])],
	});

	for (front = furthest(fronts); front >= 0; front = furthest(fronts)) {
		const {w, link, faults, claimer: last} = must(leave(fronts[front]), 'a world to look at');
		for (const step of choices(w, enabled(m, w))) {
			const after = copyWorld(w);
			made = [];
			claimer = last;
			apply(m, after, step);
			if (m.bad) {
				m.bad = null;
				continue;
			}
			const fits = agreeing(made, marks, front);
			if (fits < made.length) {
				allowed[front + fits]?.add(made[fits] as string);
				shown = Math.max(shown, front + fits);
				continue;
			}
			const next = {step, up: link};
			const at = front + fits;
			shown = Math.max(shown, at);
			if (at === marks.length) return result(next, true);
			const name = hash(`${at} ${claimer} ${JSON.stringify(after)}`);
			if (seen.has(name)) continue;
			seen.add(name);
			enter(fronts[at], {w: after, link: next, faults: faults + (step.fault ? 1 : 0), claimer});
		}
		if (seen.size >= mostWorlds) return result(null, false);
	}
	return result(null, true);
}

// What can only go on as it does, and shows the same whenever it does: what a node has in its hands, as
// long as it can't crash any more (one event at a time, so no other commit comes in between), and a
// worker's confirms and acks. It goes on at once, so its interleavings are not looked at.
const ofNodes: ReadonlySet<string> = new Set(['decides', 'commits', 'acts', 'is done with']);
const ofWorkers: ReadonlySet<string> = new Set(['gets the confirm for', 'acks']);

function choices(w: World, steps: readonly Step[]): readonly Step[] {
	const certain = steps.find(
		({name}) => ofWorkers.has(name) || (ofNodes.has(name) && !w.faults['crash node']),
	);
	return certain ? [certain] : steps.filter(step => !isIdle(w, step));
}

/**
 * Nothing comes of a connection that is lost while it holds nothing, and of a home's lost connection
 * nothing that would not come of its crash.
 */
const isIdle = (w: World, {fault, who}: Step): boolean =>
	fault === 'lose connection' && !w.workers[who]?.held.some(({items}) => items.some(isOpen));

const isOpen = ({state}: Work): boolean => state !== 'over';

/** How many of the marks just made are the next ones. */
function agreeing(made: readonly string[], marks: readonly string[], from: number): number {
	const other = made.findIndex((mark, i) => mark !== marks[from + i]);
	return other < 0 ? made.length : other;
}

function enter(front: At[][] | undefined, at: At): void {
	if (!front) return;
	const stack = front[at.faults];
	if (stack) stack.push(at);
	else front[at.faults] = [at];
}

const leave = (front: readonly At[][] = []): At | undefined =>
	front.find(stack => stack !== undefined && stack.length > 0)?.pop();

/** -1: all are empty. */
const furthest = (fronts: readonly (readonly At[][])[]): number =>
	fronts.findLastIndex(front => front.some(stack => stack.length > 0));

function pathTo(link: Link): Step[] {
	const path: Step[] = [];
	for (let at: Link | null = link; at; at = at.up) path.push(at.step);
	return path.reverse();
}
