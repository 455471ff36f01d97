// Work for a processor, and nothing else: in a function, and in plain processes beside each other.
import {execFile} from 'node:child_process';
import {promisify} from 'node:util';
import type {Child} from './child.ts';
import type {Run} from './stats.ts';

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
export const burnCode = (chunks: number) =>
	`${chunkCode} export default input => (burn(${chunks}) < 0 ? null : input);`;

/** A process that burns for so many ms, and prints how many chunks it came to. */
const burner = (durationMs: number) => `${chunkCode}
const until = Date.now() + ${durationMs};
let chunks = 0;
for (let seed = 1; Date.now() < until && seed >= 0; chunks++) seed = chunk(seed);
console.log(chunks);`;

/** Chunks a second of plain processes side by side, without the compiler that executors do without (docs/decisions/0006). */
export const burners = (count: number, durationMs: number) => async (): Promise<Run> => {
	const one = () => promisify(execFile)(process.execPath, ['--no-turbofan', '-e', burner(durationMs)]);
	const outputs = await Promise.all(Array.from({length: count}, one));
	const calls = outputs.reduce((sum, {stdout}) => sum + Number(stdout), 0);
	return {rate: calls / (durationMs / 1000), calls, p50: 0, p99: 0};
};

/** How many chunks take so many ms inside of an executor, with the machine as it is now. */
export async function calibrate(server: Child, burnMs: number): Promise<number> {
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
