// Two workers against one where the work is computing. Each has one executor with one slot: functions in
// the slots of one executor run on threads of their own, so with more of them one worker alone would use
// both cores, and a second one could add nothing. Two plain processes against one say what the machine gives.
import {execFile} from 'node:child_process';
import {promisify} from 'node:util';
import type {Child} from './child.ts';
import {dirtiest, figure, figuresOf, type Part, ratios} from './figure.ts';
import {startGroup} from './group.ts';
import {type Round, runRound} from './rounds.ts';
import type {Setting} from './scalingSetting.ts';
import type {Run} from './stats.ts';

const burnMs = 50;
const callers = 8;
const triesToCalibrate = 9;

/**
 * In small integers and in many short calls: one long loop with larger numbers was compiled well in one
 * isolate and not in the next, and took ten times as long there.
 */
const chunkCode = `const chunk = seed => {
	for (let turn = 0; turn < 10000; turn++) seed = (seed * 5 + turn) & 0xfffff;
	return seed;
};
const burn = chunks => {
	let seed = 1;
	for (let at = 0; at < chunks; at++) seed = chunk(seed);
	return seed;
};`;
/** Says how many ms so many chunks take. */
const rulerCode = `${chunkCode} export default chunks => {
	const startedAt = performance.now();
	const seed = burn(chunks);
	return [performance.now() - startedAt, seed];
};`;
/** What comes out is looked at, or the work could be left out. */
const burnCode = (chunks: number) =>
	`${chunkCode} export default input => (burn(${chunks}) < 0 ? null : input);`;

/** A process that burns for so many ms, and prints how many chunks it came to. */
const burner = (durationMs: number) => `${chunkCode}
const until = Date.now() + ${durationMs};
let chunks = 0;
for (let seed = 1; Date.now() < until && seed >= 0; chunks++) seed = chunk(seed);
console.log(chunks);`;

/** Chunks a second of plain processes side by side. */
const burners = (count: number, durationMs: number) => async (): Promise<Run> => {
	const one = () => promisify(execFile)(process.execPath, ['-e', burner(durationMs)]);
	const outputs = await Promise.all(Array.from({length: count}, one));
	const calls = outputs.reduce((sum, {stdout}) => sum + Number(stdout), 0);
	return {rate: calls / (durationMs / 1000), calls, p50: 0, p99: 0};
};

export async function cpu(setting: Setting): Promise<Part> {
	const {rounds: count, durationMs, say} = setting;
	const worker = {slots: 1};
	const one = await startGroup(setting, {worker});
	const two = await startGroup(setting, {worker, workers: 2});
	const [first, second] = [one.servers[0], two.servers[0]];
	if (!first || !second) throw new Error('Expected two groups with a server each');
	const chunks = await calibrate(first);
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

/** How many chunks take so long inside of an executor, with the machine as it is now. */
async function calibrate(server: Child): Promise<number> {
	await server.ask({do: 'deploy', name: 'ruler', code: rulerCode});
	let chunks = 100;
	const tries: number[] = [];
	// The first ones are compiled while they run, and short ones are measured badly.
	for (let at = 0; at < triesToCalibrate; at++) {
		const {task = ''} = await server.ask({do: 'put', name: 'ruler', input: `${chunks}`});
		const {text = '[]'} = await server.ask({do: 'result', task});
		const [ms = 0] = JSON.parse(text) as number[];
		chunks = Math.max(1, Math.round((chunks * burnMs) / Math.max(ms, 1)));
		if (at >= triesToCalibrate / 2) tries.push(chunks);
	}
	// Others can only make it slower.
	return Math.max(...tries);
}
