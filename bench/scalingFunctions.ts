// Warm calls of one function against those of many at random. The worker's budget for warm sandboxes is so
// large that all of them stay warm: what is compared is finding one among many, not making it.

import {dirtiest, figure, figuresOf, type Part, ratios} from './figure.ts';
import {startGroup} from './group.ts';
import {type Round, runRound} from './rounds.ts';
import type {Setting} from './scalingSetting.ts';

const callers = 8;
/** A warm sandbox takes about 2 MB, and each of the four slots of an executor may have its own. */
const memoryBudgetMb = 8192;
const hardRssMb = memoryBudgetMb + 1024;
/** Comments are no part of a version: what differs must be code, or all of them are one. */
const echoCode = (which: number) => `export default input => input; export const which = ${which};`;

export async function functions(setting: Setting): Promise<Part> {
	const {rounds: count, functions: many, durationMs, say} = setting;
	const group = await startGroup(setting, {worker: {memoryBudgetMb, hardRssMb}});
	const [server] = group.servers;
	if (!server) throw new Error('Expected a group with a server');
	const names = Array.from({length: many}, (_, at) => `fn-${at}`);
	say(`  deploying ${many} functions, calling each`);
	for (const [at, name] of names.entries()) {
		await server.ask({do: 'deploy', name, code: echoCode(at)});
		await server.ask({do: 'first', name});
	}
	const scenario = (name: string, some: string[]) => ({
		name,
		run: async () => {
			const {run} = await server.ask({do: 'loop', callers, durationMs, names: some});
			if (!run) throw new Error('A node of the bench gave no run');
			return run;
		},
	});
	const scenarios = [scenario('one', names.slice(0, 1)), scenario('many', names)];
	for (const one of scenarios) await one.run();
	const rounds: Round[] = [];
	for (let round = 0; round < count; round++) {
		say(`  round ${round + 1}`);
		rounds.push(await runRound(round % 2 === 0 ? scenarios : scenarios.toReversed(), say));
	}
	const {count: warm = 0} = await server.ask({do: 'warm'});
	await group.stop();
	const ratio = (of: 'p50' | 'p99') => ratios(rounds, 'many', of, 'one');
	return {
		figures: {
			[`p99 of ${many} functions to one`]: figure(ratio('p99'), '×', {atMost: 2}),
			[`p50 of ${many} functions to one`]: figure(ratio('p50'), '×'),
			'p99, one': figure(figuresOf(rounds, 'one', 'p99'), 'ms'),
			[`p99, ${many}`]: figure(figuresOf(rounds, 'many', 'p99'), 'ms'),
			'p50, one': figure(figuresOf(rounds, 'one', 'p50'), 'ms'),
			[`p50, ${many}`]: figure(figuresOf(rounds, 'many', 'p50'), 'ms'),
		},
		foreign: dirtiest(rounds),
		notes: [
			`one worker of one executor, its memory budget ${memoryBudgetMb} MB, so that nothing is thrown out; ` +
				`${warm} sandboxes were warm at the end`,
		],
	};
}
