// `npm run chaos [-- options]`: the faults, done for real to real processes under load. Exits with 1 when
// anything was lost, stuck or wrong; the seed that is printed repeats a run.
import {execFileSync} from 'node:child_process';
import {cancelMany} from '../test/chaos/cancels.ts';
import {crashAmong, crashes} from '../test/chaos/crash.ts';
import {type FaultName, oneServer, severalServers} from '../test/chaos/faults.ts';
import {type RoundReport, round, steady} from '../test/chaos/round.ts';
import {type OwnPostgres, ownPostgres} from '../test/harness/postgres.ts';
import {type OwnRabbit, ownRabbit} from '../test/harness/rabbit.ts';
import {cancelLine, crashLine, roundLines} from './chaosReport.ts';
import {readArgs, wholeNumber} from './commandLine.ts';

const usage = `Usage: npm run chaos -- [--seed N] [--tasks 10000] [--blows 5] [--workers 2] [--faults kill-worker,…|none]
       [--servers 1 --store file|postgres] [--mode pull|push] [--mixed SECONDS (300)] [--crashes TIMES (20)] [--cancels COUNT (1000)] [--json]
Faults of one server with its store in a file: ${oneServer.join(', ')}
Faults of servers with a database: ${severalServers.join(', ')}
Zero for --mixed, --crashes or --cancels leaves that part out; the last two know one server and a file, and --cancels \`pull\`.`;

const options = read();
// The report is the only thing on the standard output when it is for machines.
const say = options.json ? console.error : console.log;
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));
process.exitCode = await main().catch((error: unknown) => {
	console.error(error instanceof Error ? (error.stack ?? error.message) : String(error));
	return 1;
});
// Undici keeps its connections for a while.
process.exit();

async function main(): Promise<number> {
	await using opened = new AsyncDisposableStack();
	const rabbit = await ownRabbit('chaos: a broker that is killed under load');
	opened.defer(() => rabbit.stop());
	const postgres = options.isFile
		? undefined
		: await ownPostgres('chaos: a database that is killed under load');
	opened.defer(() => postgres?.stop());
	return await run(rabbit, postgres);
}

async function run(rabbit: OwnRabbit, postgres: OwnPostgres | undefined): Promise<number> {
	say(`chaos: seed ${options.seed}`);
	const rounds = await runRounds(rabbit, postgres);
	const crashed = await runCrashes(rabbit);
	const cancels = options.cancels > 0 ? await cancelMany(rabbit, options.cancels, options.seed) : undefined;
	if (cancels) say(cancelLine(cancels));
	const complaints = [...crashed, ...(cancels ? [cancels] : [])].flatMap(report => report.complaints);
	const clean = rounds.every(report => report.clean) && complaints.length === 0;
	const about = {seed: options.seed, commit: commit(), clean};
	if (options.json) console.log(JSON.stringify({...about, rounds, crashes: crashed, cancels}, null, '\t'));
	say(clean ? 'chaos: all held' : `chaos: NOT clean; repeat it with --seed ${options.seed}`);
	return clean ? 0 : 1;
}

async function runRounds(rabbit: OwnRabbit, postgres: OwnPostgres | undefined): Promise<RoundReport[]> {
	const {seed, servers, workers, tasks, blows, mixed, mode} = options;
	const reports: RoundReport[] = [];
	const tell = (line: string) => say(`  ${line}`);
	const common = {
		rabbit,
		postgres,
		seed,
		servers,
		workers,
		blows,
		brisk: 1,
		tell,
		settings: [`dispatch.mode=${mode}`],
		...(servers > 1 && {pace: steady}),
	};
	const run = async (name: string, faults: readonly FaultName[], load: {tasks: number} | {ms: number}) => {
		say(`chaos: ${name}`);
		const report = await round({...common, faults, load});
		for (const line of roundLines(report)) say(`  ${line}`);
		reports.push(report);
	};
	for (const fault of options.faults) await run(`${fault} under ${tasks} tasks`, [fault], {tasks});
	if (mixed > 0) await run(`all mixed for ${mixed} s`, options.all, {ms: mixed * 1000});
	return reports;
}

async function runCrashes(rabbit: OwnRabbit) {
	const reports = [];
	for (const crash of options.crashes > 0 ? crashes : []) {
		for (let time = 1; time <= options.crashes; time += 1) {
			// So the one that failed is repeated alone by `--seed` with its seed and `--crashes 1`.
			const report = await crashAmong(rabbit, 200, crash, options.seed + time - 1, options.mode);
			say(`chaos: ${crashLine(report, time)}`);
			reports.push(report);
		}
	}
	return reports;
}

function commit(): string {
	try {
		const dirty =
			execFileSync('git', ['status', '--porcelain'], {encoding: 'utf8'}) === '' ? '' : ' and more';
		return execFileSync('git', ['rev-parse', 'HEAD'], {encoding: 'utf8'}).trim() + dirty;
	} catch {
		return 'unknown';
	}
}

function read() {
	const text = {type: 'string'} as const;
	const json = {type: 'boolean', default: false} as const;
	const numbers = {
		seed: text,
		tasks: text,
		blows: text,
		servers: text,
		workers: text,
		mixed: text,
		crashes: text,
		cancels: text,
	};
	const options = {...numbers, store: text, faults: text, mode: {...text, default: 'pull'}, json};
	return readArgs(usage, {options}, ({values}) => {
		const number = (name: keyof typeof numbers, otherwise: number) =>
			wholeNumber(`--${name}`, values[name] ?? String(otherwise));
		const isFile = (values.store ?? 'file') === 'file';
		if (!isFile && values.store !== 'postgres')
			throw new TypeError(`Expected --store to be file or postgres, got ${values.store}`);
		const mode = (['pull', 'push'] as const).find(one => one === values.mode);
		if (!mode) throw new TypeError(`Expected --mode to be pull or push, got ${values.mode}`);
		const servers = number('servers', 1);
		const blows = number('blows', 5);
		if (blows < 1) throw new TypeError(`Expected --blows to be one or more, got ${blows}`);
		if (servers < 1 || (servers > 1 && isFile))
			throw new TypeError(`Expected one server, or several with --store postgres, got ${servers}`);
		const possible = isFile ? oneServer : severalServers;
		const faults =
			values.faults === 'none'
				? []
				: (values.faults?.split(',') ?? possible).map(name => known(name, possible));
		return {
			...{faults, all: faults.length > 0 ? faults : possible, json: values.json, isFile, servers, mode},
			seed: number('seed', Math.floor(Math.random() * 1e9)),
			tasks: number('tasks', 10_000),
			blows,
			workers: number('workers', 2),
			mixed: number('mixed', 300),
			crashes: number('crashes', isFile ? 20 : 0),
			cancels: number('cancels', isFile ? 1000 : 0),
		};
	});
}

function known(name: string, possible: readonly FaultName[]): FaultName {
	const found = possible.find(fault => fault === name);
	if (!found) throw new TypeError(`There is no fault \`${name}\` for these servers`);
	return found;
}
