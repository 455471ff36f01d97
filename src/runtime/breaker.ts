// A version whose executors keep dying would grind the pool: every attempt costs a process, and what
// else was inside is run again. So deaths are counted by version, and when there were too many within
// the window, its function is paused. They are counted in the store, where the commit of each outcome has
// put them: so many are too many whichever servers heard of them, and whether these live on or not.
//
// What counts is said by the outcomes that were committed: an attempt that took its executor down while
// it was alone in it, or an executor that died with attempts of one version only, none of which did it
// again alone. Where several versions were inside, nobody is counted: it would blame the neighbours.
import type {FunctionEvent} from '#actors/functionMachine.ts';
import type {Breaker as Rule} from '#actors/policy.ts';
import type {OutcomeItem} from '#contract/outcome.ts';
import type {Happening} from '#contract/status.ts';
import {pause} from '#lib/clock.ts';
import type {Ambient} from '#observe/observe.ts';
import type {Death} from '#store/query.ts';
import type {Store, TaskRow} from '#store/store.ts';
import type {Functions} from './functions.ts';

export type Breaker = {
	/** An outcome was committed. */
	hear(row: TaskRow, outcome: OutcomeItem): void;
	/** Counts for all functions: whoever committed the last death of one may have died before it could. */
	look(): void;
};

type Parts = {
	readonly store: Pick<Store, 'deaths'>;
	/** For functions whose policy says nothing else. */
	readonly rule: Rule;
	readonly functions: Functions;
	readonly happened: (happening: Happening) => void;
	/** Aborted: the home closes. */
	readonly over: AbortSignal;
};

const retryMs = 500;

export function createBreaker({log, clock, metrics}: Ambient, parts: Parts): Breaker {
	const {store, functions, happened, over} = parts;
	/** What is counted now, by function and version (two functions may have the same code); true: once more. */
	const counting = new Map<string, boolean>();

	const live = (name: string, version: string) => {
		const row = functions.get(name)?.row;
		return row?.state === 'active' && row.version === version ? row : undefined;
	};
	const trip = async (name: string, version: string, deaths: readonly Death[], last: string) => {
		const tasks = [...new Set(deaths.map(({task}) => task))].sort();
		const span = `${Math.ceil((clock.now() - (deaths.at(-1)?.at ?? clock.now())) / 1000)} s`;
		const why = `${deaths.length} executors died of version ${version.slice(0, 12)} within ${span}; ${last}`;
		const event: FunctionEvent = {type: 'trip', at: clock.now(), version, why};
		const failure = await functions.step(name, event);
		if (failure) throw new Error(failure.message, {cause: failure});
		metrics.trips.inc({function: name});
		log.error({function: name, version, tasks, why}, 'a function is paused by its breaker');
		happened({actor: 'function', id: name, group: name, state: 'paused', at: event.at});
	};
	const count = async (name: string, version: string, rule: Rule, said: string): Promise<void> => {
		const row = live(name, version);
		if (!row) return;
		// What ran out after a pause, or before the remedy, is not held against who comes next.
		const since = Math.max(clock.now() - rule.windowMs + 1, row.updatedAt);
		const deaths = await store.deaths({function: name, version, since, most: rule.crashes});
		if (deaths.length < rule.crashes) return;
		await trip(name, version, deaths, said || `the last with task ${deaths[0]?.task}`);
	};
	const insist = async (key: string, counted: () => Promise<void>): Promise<void> => {
		while (counting.get(key) && !over.aborted) {
			counting.set(key, false);
			try {
				await counted();
			} catch (error) {
				log.warn({err: error, version: key}, 'a breaker could not do its work; trying again');
				counting.set(key, true);
				await pause(clock, retryMs, over);
			}
		}
		counting.delete(key);
	};
	const counted = async (name: string, version: string, said = ''): Promise<void> => {
		const rule = functions.policy(version).breaker ?? parts.rule;
		if (rule.crashes === 0) return;
		const key = `${name} ${version}`;
		const isCounting = counting.has(key);
		counting.set(key, true);
		if (!isCounting) await insist(key, () => count(name, version, rule, said));
	};
	let isLooking = false;
	let isAsked = false;
	/** One after the other, however many have died: the store has more to do. */
	const lookAtAll = async (): Promise<void> => {
		isLooking = true;
		while (isAsked && !over.aborted) {
			isAsked = false;
			for (const {row} of functions.list()) {
				if (over.aborted) break;
				if (row.version !== null && live(row.name, row.version)) await counted(row.name, row.version);
			}
		}
		isLooking = false;
	};
	return {
		hear({id: task, function: name, version, deaths}, {failure}) {
			if (deaths.length === 0 || !live(name, version)) return;
			const why = failure ? ` (${failure.code}: ${failure.message})` : '';
			void counted(name, version, `the last with task ${task}${why}`);
		},
		look() {
			isAsked = true;
			if (!isLooking) void lookAtAll();
		},
	};
}
