// Two workers against one where the work is computing. Each has one executor with one slot: functions in
// the slots of one executor run on threads of their own, so with more of them one worker alone would use
// both cores, and a second one could add nothing. Two plain processes against one say what the machine gives.
import {burnCode, burners, calibrate} from './burn.ts';
import type {Child} from './child.ts';
import {dirtiest, figure, figuresOf, type Part, ratios} from './figure.ts';
import {startGroup} from './group.ts';
import {type Round, runRound} from './rounds.ts';
import type {Setting} from './scalingSetting.ts';

const burnMs = 50;
const callers = 8;

export async function cpu(setting: Setting): Promise<Part> {
	const {rounds: count, durationMs, say} = setting;
	const worker = {slots: 1};
	const one = await startGroup(setting, {worker});
	const two = await startGroup(setting, {worker, workers: 2});
	const [first, second] = [one.servers[0], two.servers[0]];
	if (!first || !second) throw new Error('Expected two groups with a server each');
	const chunks = await calibrate(first, burnMs);
	say(`  ${burnMs} ms are ${chunks} chunks`);
	for (const server of [first, second])
		await server.ask({do: 'deploy', name: 'burn', code: burnCode(chunks)});
	const scenario = (name: string, server: Child) => ({
		name,
		run: async () => {
			const {run} = await server.ask({do: 'loop', callers, durationMs, names: ['burn']});
			if (!run) throw new Error('A node of the bench gave no run');
			return run;
		},
	});
	const scenarios = [
		scenario('oneWorker', first),
		scenario('twoWorkers', second),
		{name: 'oneProcess', run: burners(1, durationMs)},
		{name: 'twoProcesses', run: burners(2, durationMs)},
	];
	for (const server of [first, second]) await server.ask({do: 'batch', size: callers, name: 'burn'});
	const rounds: Round[] = [];
	for (let round = 0; round < count; round++) {
		say(`  round ${round + 1}`);
		rounds.push(await runRound(round % 2 === 0 ? scenarios : scenarios.toReversed(), say));
	}
	await two.stop();
	await one.stop();
	return {
		figures: {
			'two workers to one, tasks a second': figure(ratios(rounds, 'twoWorkers', 'rate', 'oneWorker'), '×', {
				atLeast: 1.7,
			}),
			'two plain processes to one': figure(ratios(rounds, 'twoProcesses', 'rate', 'oneProcess'), '×'),
			'one worker': figure(figuresOf(rounds, 'oneWorker', 'rate'), '/s'),
			'two workers': figure(figuresOf(rounds, 'twoWorkers', 'rate'), '/s'),
		},
		foreign: dirtiest(rounds),
		notes: [`a task is ${chunks} chunks of a loop, ${burnMs} ms alone; one executor with one slot a worker`],
	};
}
