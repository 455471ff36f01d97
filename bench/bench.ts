// `npm run bench`: the raw ceiling and Warren in the same run, interleaved, three rounds; what counts is
// the ratio of neighbours. `--json` prints one object, else a table. Absolute numbers say nothing about
// another machine.
import {mkdtemp, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {setTimeout} from 'node:timers/promises';
import {parseArgs} from 'node:util';
import Table from 'cli-table3';
import {ownRabbit} from '../test/harness/rabbit.ts';
import type {Child} from './child.ts';
import {peakBytes, residentBytes} from './cpu.ts';
import {type Machine, machine} from './machine.ts';
import {type Ratio, ratiosOf} from './ratios.ts';
import {type Round, runRound} from './rounds.ts';
import {echoCode, openStage} from './scenarios.ts';
import {median} from './stats.ts';

const {values} = parseArgs({
	options: {
		json: {type: 'boolean', default: false},
		rounds: {type: 'string', default: '3'},
		seconds: {type: 'string', default: '2'},
		warmup: {type: 'string', default: '3'},
		help: {type: 'boolean', short: 'h', default: false},
	},
});
if (values.help) {
	console.log('usage: npm run bench [-- --json] [--rounds 3] [--seconds 2] [--warmup PASSES (3)]');
	process.exit(0);
}

/** Passes until V8 has compiled what a server runs for months: docs/decisions/0027-the-bench.md. */
const warmUps = Number(values.warmup);
const manyWarm = 100;
const mostColdMs = 15;
const beatMs = 1500;
/** Comments are no part of a version: what differs must be code, or the first has warmed all of them. */
const versionOfEcho = (which: string) => `${echoCode} export const which = '${which}';`;
const say = (line: string) => (values.json ? undefined : console.error(line));

const report = await run();
if (values.json) console.log(JSON.stringify(report, undefined, '\t'));
else print(report);

type Report = {
	readonly ratios: Readonly<Record<string, number>>;
	readonly spread: Readonly<Record<string, Ratio>>;
	/** Rounds in which others used too much of the machine; they do not count unless all are. */
	readonly voidRounds: number;
	readonly coldMs: number;
	readonly warmMs: number;
	/** Of server, worker and executors: at the end, and of each process the most it ever had, added up. */
	readonly memory: {readonly warmSandboxes: number; readonly bytes: number; readonly peakBytes: number};
	readonly machine: Machine;
	readonly rounds: readonly Round[];
};

async function run(): Promise<Report> {
	const broker = await ownRabbit('the ceiling');
	const data = await mkdtemp(join(tmpdir(), 'warren-bench-'));
	try {
		const stage = await openStage(broker.url, data, Number(values.seconds));
		const {scenarios, server, worker, embedded} = stage;
		for (let pass = 1; pass <= warmUps; pass++) {
			say(`warming up, ${pass} of ${warmUps}`);
			await runRound(scenarios, () => {});
		}
		const rounds: Round[] = [];
		for (let round = 1; round <= Number(values.rounds); round++) {
			say(`round ${round}`);
			rounds.push(await runRound(scenarios, say));
		}
		const cold = await coldStart(embedded);
		const memory = await manyFunctions(server, [server.pid, worker.pid]);
		await stage.stop();
		return {...ratiosOf(rounds), ...cold, memory, machine: machine(), rounds};
	} finally {
		await broker.stop();
		await rm(data, {recursive: true, force: true});
	}
}

/** The first call of a function that was just deployed, against a warm one. */
async function coldStart(node: Child): Promise<{coldMs: number; warmMs: number}> {
	const cold: number[] = [];
	const warm: number[] = [];
	for (let at = 0; at < 9; at++) {
		const name = `fresh-${at}`;
		await node.ask({do: 'deploy', name, code: versionOfEcho(name)});
		cold.push((await node.ask({do: 'first', name})).ms ?? Number.NaN);
		warm.push((await node.ask({do: 'first', name})).ms ?? Number.NaN);
	}
	return {coldMs: median(cold), warmMs: median(warm)};
}

/** What server, worker and executors hold together once a hundred functions are warm. */
async function manyFunctions(node: Child, pids: readonly number[]): Promise<Report['memory']> {
	for (let at = 0; at < manyWarm; at++) {
		const name = `warm-${at}`;
		await node.ask({do: 'deploy', name, code: versionOfEcho(name)});
		await node.ask({do: 'first', name});
	}
	// Workers say it in their heartbeats, once a second.
	await setTimeout(beatMs);
	const {count: warmSandboxes = 0} = await node.ask({do: 'warm'});
	if (warmSandboxes < manyWarm)
		throw new Error(`Expected ${manyWarm} warm sandboxes, the workers keep ${warmSandboxes}`);
	const sum = (bytes: (pid: number) => number) => pids.reduce((all, pid) => all + bytes(pid), 0);
	return {warmSandboxes, bytes: sum(residentBytes), peakBytes: sum(peakBytes)};
}

function print({spread, voidRounds, coldMs, warmMs, memory, rounds}: Report): void {
	const table = new Table({
		head: ['ratio', 'door', 'median', 'from', 'to', 'wanted', ''],
		style: {head: [], border: []},
	});
	for (const [name, {door, median: middle, least, most, wanted, better}] of Object.entries(spread)) {
		const met = better === 'more' ? middle >= wanted : middle <= wanted;
		const sign = better === 'more' ? '≥' : '≤';
		table.push([
			name,
			door,
			middle.toFixed(2),
			least.toFixed(2),
			most.toFixed(2),
			`${sign} ${wanted}`,
			met ? 'met' : 'missed',
		]);
	}
	console.log(table.toString());
	const more = coldMs - warmMs;
	const met = more <= mostColdMs ? 'met' : 'missed';
	console.log(
		`first call of a new function ${coldMs.toFixed(1)} ms, warm ${warmMs.toFixed(1)} ms (embedded): ` +
			`${more.toFixed(1)} ms more, wanted ≤ ${mostColdMs}: ${met}`,
	);
	const mb = (bytes: number) => Math.round(bytes / 1e6);
	console.log(
		`${memory.warmSandboxes} warm sandboxes: server, worker and executors hold ${mb(memory.bytes)} MB, ` +
			`at their peaks ${mb(memory.peakBytes)} MB`,
	);
	if (voidRounds > 0) console.log(`${voidRounds} of ${rounds.length} rounds are void`);
	const dirtiest = Math.max(...rounds.map(({foreign}) => foreign));
	console.log(`others used at most ${Math.round(dirtiest * 100)} % of the machine`);
}
