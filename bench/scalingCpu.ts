// Two workers against one where the work is computing. Each has one executor with one slot: functions in
// the slots of one executor run on threads of their own, so with more of them one worker alone would use
// both cores, and a second one could add nothing.
import type {Child} from './child.ts';
import {type Round, runRound} from './rounds.ts';
import {dirtiest, figure, figuresOf, type Part, ratios, type Setting, startGroup} from './scalingPart.ts';
import {median} from './stats.ts';

const burnMs = 50;
const callers = 8;
const triesToCalibrate = 9;

const loop = (turns: string) =>
	`let sum = 0; for (let turn = 0; turn < ${turns}; turn++) sum = (sum + turn * 7) | 0;`;
/** Says how many ms so many turns take. */
const rulerCode = `export default turns => { const startedAt = performance.now(); ${loop('turns')}
	return [performance.now() - startedAt, sum]; };`;
/** The sum is looked at, or the loop could be left out. */
const burnCode = (turns: number) =>
	`export default input => { ${loop(`${turns}`)} return sum === 0.5 ? sum : input; };`;

export async function cpu(setting: Setting): Promise<Part> {
	const {rounds: count, durationMs, say} = setting;
	const worker = {slots: 1};
	const one = await startGroup(setting, {worker});
	const two = await startGroup(setting, {worker, workers: 2});
	const [first, second] = [one.servers[0], two.servers[0]];
	if (!first || !second) throw new Error('Expected two groups with a server each');
	const turns = await calibrate(first);
	say(`  ${burnMs} ms are ${turns} turns`);
	for (const server of [first, second]) await server.ask({do: 'deploy', name: 'burn', code: burnCode(turns)});
	const scenario = (name: string, server: Child) => ({
		name,
		run: async () => {
			const {run} = await server.ask({do: 'loop', callers, durationMs, names: ['burn']});
			if (!run) throw new Error('A node of the bench gave no run');
			return run;
		},
	});
	const scenarios = [scenario('oneWorker', first), scenario('twoWorkers', second)];
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
			'one worker': figure(figuresOf(rounds, 'oneWorker', 'rate'), '/s'),
			'two workers': figure(figuresOf(rounds, 'twoWorkers', 'rate'), '/s'),
		},
		foreign: dirtiest(rounds),
		notes: [`a task is ${turns} turns of a loop, ${burnMs} ms alone; one executor with one slot a worker`],
	};
}

/** How many turns take so long inside of an executor, with the machine as it is now. */
async function calibrate(server: Child): Promise<number> {
	await server.ask({do: 'deploy', name: 'ruler', code: rulerCode});
	let turns = 1_000_000;
	const tries: number[] = [];
	// The first ones are compiled while they run, and short ones are measured badly.
	for (let at = 0; at < triesToCalibrate; at++) {
		const {task = ''} = await server.ask({do: 'put', name: 'ruler', input: `${turns}`});
		const {text = '[]'} = await server.ask({do: 'result', task});
		const [ms = 0] = JSON.parse(text) as number[];
		turns = Math.max(1, Math.round((turns * burnMs) / Math.max(ms, 1)));
		if (at >= triesToCalibrate / 2) tries.push(turns);
	}
	return Math.round(median(tries));
}
