// A version whose executors keep dying would grind the pool: every attempt costs a process, and what
// else was inside is run again. So deaths are counted by version, and when there were too many within
// the window, its function is paused. The counts are this process's own; the pause is in the store.
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
import type {TaskRow} from '#store/store.ts';
import type {Functions} from './functions.ts';

export type Breaker = {
	/** An outcome was committed. */
	hear(row: TaskRow, outcome: OutcomeItem): void;
};

type Parts = {
	/** For functions whose policy says nothing else. */
	readonly rule: Rule;
	readonly functions: Functions;
	readonly happened: (happening: Happening) => void;
	/** Aborted: the home closes. */
	readonly over: AbortSignal;
};

type Crash = {readonly at: number; readonly task: string};

const retryMs = 500;
/** Versions whose crashes are remembered; the one that crashed first is forgotten first. */
const mostVersions = 1000;

export function createBreaker({log, clock, metrics}: Ambient, parts: Parts): Breaker {
	const {functions, happened, over} = parts;
	// By function and version: two functions may have the same code.
	const crashes = new Map<string, Crash[]>();
	const tripping = new Set<string>();

	const isLive = (name: string, version: string) => {
		const row = functions.get(name)?.row;
		return row?.state === 'active' && row.version === version;
	};
	const trip = async (name: string, version: string, tasks: readonly string[], why: string) => {
		while (isLive(name, version) && !over.aborted) {
			const event: FunctionEvent = {type: 'trip', at: clock.now(), version, why};
			const failure = await functions.step(name, event);
			if (!failure) {
				metrics.trips.inc({function: name});
				log.error({function: name, version, tasks, why}, 'a function is paused by its breaker');
				happened({actor: 'function', id: name, group: name, state: 'paused', at: event.at});
				return;
			}
			log.warn({function: name, version, failure}, 'a breaker could not pause its function; trying again');
			await pause(clock, retryMs, over);
		}
	};
	const count = (name: string, version: string, more: readonly Crash[], rule: Rule, last: string) => {
		const key = `${name} ${version}`;
		const now = clock.now();
		const recent = [...(crashes.get(key) ?? []), ...more].filter(({at}) => at > now - rule.windowMs);
		crashes.set(key, recent);
		if (crashes.size > mostVersions) crashes.delete(crashes.keys().next().value as string);
		if (recent.length < rule.crashes || tripping.has(key)) return;
		crashes.delete(key);
		const tasks = [...new Set(recent.map(({task}) => task))];
		const span = `${Math.ceil((now - (recent[0]?.at ?? now)) / 1000)} s`;
		const why = `${recent.length} executors died of version ${version.slice(0, 12)} within ${span}; ${last}`;
		tripping.add(key);
		trip(name, version, tasks, why)
			.catch(error => log.error({err: error, function: name}, 'a breaker could not pause its function'))
			.finally(() => tripping.delete(key));
	};
	return {
		hear({id: task, function: name, version}, {failure, deaths = failure?.code === 'CRASHED' ? 1 : 0}) {
			// What runs out after the pause, or after the remedy, is not held against who comes next.
			if (deaths === 0 || !isLive(name, version)) return;
			const rule = functions.policy(version).breaker ?? parts.rule;
			if (rule.crashes === 0) return;
			const last = `the last with task ${task}${failure ? ` (${failure.code}: ${failure.message})` : ''}`;
			const crash = {at: clock.now(), task};
			count(name, version, Array(deaths).fill(crash), rule, last);
		},
	};
}
