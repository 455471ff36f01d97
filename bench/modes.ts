// `npm run bench:modes`: whether it is worth it that the server chooses the worker. Two workers of one executor
// each are called for many functions, of which an executor keeps some warm, but not all: who pushes sends a
// function to where it is warm, who pulls takes what comes. Both are measured in every round, in turns.
import {mkdtemp, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {parseArgs} from 'node:util';
import {ownRabbit} from '../test/harness/rabbit.ts';
import {foreignDuring} from './cpu.ts';
import {dirtiest, type Figure, figure, type Part, print} from './figure.ts';
import {type Group, startGroup} from './group.ts';
import {type Machine, machine} from './machine.ts';

const {values} = parseArgs({
	options: {
		json: {type: 'boolean', default: false},
		rounds: {type: 'string', default: '3'},
		seconds: {type: 'string', default: '10'},
		functions: {type: 'string', default: '200'},
		callers: {type: 'string', default: '4'},
		cache: {type: 'string', default: '400'},
		help: {type: 'boolean', short: 'h', default: false},
	},
});
if (values.help) {
	console.log(`usage: npm run bench:modes [-- --json] [--rounds 3] [--seconds 10] [--functions 200] [--callers 4] [--cache 400]
--callers  who call one function after the other, each waiting for its answer
--cache    MB of warm sandboxes in each executor; one of these functions takes some 3`);
	process.exit(0);
}
const [rounds, seconds, functions, callers, cacheMb] = [
	...[values.rounds, values.seconds, values.functions, values.callers, values.cache].map(Number),
] as [number, number, number, number, number];

const modes = ['pull', 'push'] as const;
const loads = ['uniform', 'zipf'] as const;
type Mode = (typeof modes)[number];
type Load = (typeof loads)[number];
type Cell = {
	readonly round: number;
	readonly mode: Mode;
	readonly load: Load;
	/** The share of calls that found a warm sandbox. */
	readonly warm: number;
	readonly p50: number;
	readonly p99: number;
	readonly rate: number;
	readonly foreign: number;
};
type Report = Part & {
	readonly cells: readonly Cell[];
	readonly setting: {functions: number; callers: number; cacheMb: number; seconds: number};
	readonly machine: Machine;
};

const names = Array.from({length: functions}, (_, at) => `function-${at}`);
/** A name is called as often as it is in the list. Zipf: the nth a tenth of the first's calls over n, at least once. */
const called: Readonly<Record<Load, string[]>> = {
	uniform: names,
	zipf: names.flatMap((name, at) => Array<string>(Math.max(1, Math.round(functions / (at + 1)))).fill(name)),
};
/** Something to load: a table that is made once. */
const codeOf = (at: number) =>
	`const table = Array.from({length: 50_000}, (_, n) => (n * ${at + 7}) % 1009);
	export default input => (table.length > 0 ? input : null);`;

const say = (line: string) => (values.json ? undefined : console.error(line));
const report = await run();
if (values.json) console.log(JSON.stringify(report, undefined, '\t'));
else print({modes: report});

async function run(): Promise<Report> {
	const broker = await ownRabbit('a bench of its own');
	const folder = await mkdtemp(join(tmpdir(), 'warren-modes-'));
	const cells: Cell[] = [];
	try {
		const groups = new Map<Mode, Group>();
		for (const mode of modes) {
			const worker = {memoryBudgetMb: cacheMb};
			const group = await startGroup({broker: broker.url, folder}, {workers: 2, dispatch: {mode}, worker});
			groups.set(mode, group);
			for (const [at, name] of names.entries()) {
				await serverOf(group).ask({do: 'deploy', name, code: codeOf(at)});
			}
		}
		say('warming up');
		for (const group of groups.values()) await calls(group, 'uniform', seconds);
		for (let round = 1; round <= rounds; round++) {
			for (const load of loads) {
				for (const [mode, group] of groups) {
					// So that its caches hold what this load asks for.
					await calls(group, load, seconds / 2);
					const {value, foreign} = await foreignDuring(() => calls(group, load, seconds));
					cells.push({round, mode, load, ...value, foreign});
					const found = `warm ${(value.warm * 100).toFixed(1)} %  p99 ${value.p99.toFixed(1)} ms`;
					say(`${round} ${load.padEnd(7)} ${mode}  ${found}  ${Math.round(value.rate)}/s`);
				}
			}
		}
		for (const group of groups.values()) await group.stop();
	} finally {
		await broker.stop();
		await rm(folder, {recursive: true, force: true});
	}
	const setting = {functions, callers, cacheMb, seconds};
	return {
		figures: Object.fromEntries(loads.flatMap(load => compare(cells, load))),
		foreign: dirtiest(cells),
		notes: [
			`${functions} functions, two workers of one executor each that keeps ${cacheMb} MB of them warm, ${callers} callers`,
		],
		...{cells, setting, machine: machine()},
	};
}

function serverOf({servers: [server]}: Group): NonNullable<Group['servers'][0]> {
	if (!server) throw new Error('Expected a group with a server');
	return server;
}

async function calls(group: Group, load: Load, forSeconds: number) {
	const server = serverOf(group);
	const before = await coldStarts(server.url);
	const order = {do: 'loop', callers, durationMs: forSeconds * 1000, names: called[load]} as const;
	const {run} = await server.ask(order);
	if (!run) throw new Error('A node of the bench gave no run');
	const cold = (await coldStarts(server.url)) - before;
	return {warm: 1 - cold / run.calls, p50: run.p50, p99: run.p99, rate: run.rate};
}

/** Of all functions, as the server counts them. */
async function coldStarts(url: string): Promise<number> {
	const text = await (await fetch(`${url}/metrics`)).text();
	return [...text.matchAll(/^warren_cold_starts_total\{.*\} (\S+)$/gm)].reduce(
		(sum, [, count]) => sum + Number(count),
		0,
	);
}

function compare(cells: readonly Cell[], load: Load): [string, Figure][] {
	const of = (mode: Mode, what: 'warm' | 'p50' | 'p99' | 'rate') =>
		cells.filter(one => one.mode === mode && one.load === load).map(one => one[what]);
	const ratio = (what: 'p99' | 'rate') => {
		const pull = of('pull', what);
		return of('push', what).map((value, at) => value / (pull[at] ?? Number.NaN));
	};
	const percent = (shares: readonly number[]) => shares.map(share => share * 100);
	return [
		[`${load}: p99, push to pull`, figure(ratio('p99'), '×')],
		[`${load}: calls a second, push to pull`, figure(ratio('rate'), '×')],
		...modes.flatMap((mode): [string, Figure][] => [
			[`${load}, ${mode}: found warm`, figure(percent(of(mode, 'warm')), '%')],
			[`${load}, ${mode}: p50`, figure(of(mode, 'p50'), 'ms')],
			[`${load}, ${mode}: p99`, figure(of(mode, 'p99'), 'ms')],
		]),
	];
}
