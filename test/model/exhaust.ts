// Every interleaving of a small world, depth first. States are merged by a 53-bit hash of their JSON: a
// collision could hide a branch.
import {copyWorld} from './copy.ts';
import {checkRest} from './invariants.ts';
import {type Config, createModel, createWorld} from './model.ts';
import type {Rules} from './rules.ts';
import type {Step} from './step.ts';
import {apply, enabled} from './steps.ts';
import type {World} from './world.ts';

export type Search = {
	readonly bad: string | null;
	/** False: stopped at the limit. */
	readonly complete: boolean;
	readonly states: number;
	readonly steps: number;
	readonly ends: number;
	readonly trace: readonly Step[];
};

type Link = {readonly step: Step; readonly up: Link | null; readonly depth: number};

const deepest = 500;

export function exhaust(config: Config, rules: Readonly<Rules>, mostStates = 1_000_000): Search {
	const m = createModel(config, rules);
	const seen = new Set<number>();
	const stack: [World, Link | null][] = [[createWorld(config), null]];
	let steps = 0;
	let ends = 0;
	const result = (bad: string | null, link: Link | null): Search => ({
		bad,
		complete: bad === null && stack.length === 0,
		states: seen.size,
		steps,
		ends,
		trace: pathTo(link),
	});
	for (let at = stack.pop(); at; at = stack.pop()) {
		const [w, link] = at;
		const menu = enabled(m, w);
		if (menu.every(step => step.fault)) {
			ends++;
			const bad = checkRest(m, w);
			if (bad) return result(bad, link);
		}
		for (const step of menu) {
			steps++;
			const next: Link = {step, up: link, depth: (link?.depth ?? 0) + 1};
			const after = copyWorld(w);
			apply(m, after, step);
			if (m.bad) return result(m.bad, next);
			if (next.depth > deepest) return result(`livelock: ${deepest} steps deep`, next);
			const name = hash(JSON.stringify(after));
			if (seen.has(name)) continue;
			seen.add(name);
			stack.push([after, next]);
		}
		if (seen.size >= mostStates) return result(null, null);
	}
	return result(null, null);
}

function pathTo(link: Link | null): Step[] {
	const path: Step[] = [];
	for (let at = link; at; at = at.up) path.push(at.step);
	return path.reverse();
}

/** cyrb53. */
export function hash(text: string): number {
	let a = 0xdeadbeef;
	let b = 0x41c6ce57;
	for (let i = 0; i < text.length; i++) {
		const code = text.charCodeAt(i);
		a = Math.imul(a ^ code, 2654435761);
		b = Math.imul(b ^ code, 1597334677);
	}
	a = Math.imul(a ^ (a >>> 16), 2246822507) ^ Math.imul(b ^ (b >>> 13), 3266489909);
	b = Math.imul(b ^ (b >>> 16), 2246822507) ^ Math.imul(a ^ (a >>> 13), 3266489909);
	return 4294967296 * (2097151 & b) + (a >>> 0);
}
