// `npm run prove [-- options]`: every suite that could find a promise broken, three times over with new
// seeds, from a clean tree. Writes what ran, with which seed, on which commit, and the ledgers of the
// chaos runs. Exits with 1 if anything was found; each seed repeats its run.
import {execFileSync, spawn} from 'node:child_process';
import {randomInt} from 'node:crypto';
import {writeFileSync} from 'node:fs';
import {arch, cpus, platform, release} from 'node:os';
import {parseArgs} from 'node:util';
import {formatDuration} from '#lib/duration.ts';
import {configs} from '../test/model/configs.ts';

const usage = `Usage: npm run prove -- [--rounds 3] [--only tests,walks,chaos,servers,hostile,fuzz] [--out prove.json]
       [--walks 100000] [--tasks 10000] [--mixed SECONDS (300)] [--crashes 20] [--cancels 1000] [--cases 100000]
With the numbers above a round takes over an hour. Smaller ones make a shorter proof, and the file says them.`;

type Suite = {readonly name: string; readonly seeded: boolean; command(seed: number): string[]};

/** What one suite said in one round. */
type Proof = {
	readonly suite: string;
	readonly round: number;
	readonly seed: number | null;
	readonly command: string;
	readonly seconds: number;
	readonly held: boolean;
	/** The JSON that it printed, if it prints some: for chaos the ledger of every run. */
	readonly report: unknown;
	/** The end of what it printed, where it did not hold. */
	readonly tail?: string;
};

const {values} = parseArgs({
	options: {
		rounds: {type: 'string', default: '3'},
		only: {type: 'string', default: 'tests,walks,chaos,servers,hostile,fuzz'},
		out: {type: 'string', default: 'prove.json'},
		walks: {type: 'string', default: '100000'},
		tasks: {type: 'string', default: '10000'},
		mixed: {type: 'string', default: '300'},
		crashes: {type: 'string', default: '20'},
		cancels: {type: 'string', default: '1000'},
		cases: {type: 'string', default: '100000'},
		help: {type: 'boolean', default: false},
	},
});
const perConfiguration = String(Math.ceil(Number(values.walks) / Object.keys(configs).length));

const suites: readonly Suite[] = [
	{name: 'tests', seeded: false, command: () => ['scripts/test.ts']},
	{
		name: 'walks',
		seeded: true,
		command: seed => ['test/model/sweep.ts', perConfiguration, '', 'all', `${seed}`],
	},
	{
		name: 'chaos',
		seeded: true,
		command: seed => [
			...['scripts/chaos.ts', '--json', '--seed', `${seed}`, '--tasks', values.tasks],
			...['--mixed', values.mixed, '--crashes', values.crashes, '--cancels', values.cancels],
		],
	},
	{
		name: 'servers',
		seeded: true,
		command: seed => [
			...['scripts/chaos.ts', '--json', '--seed', `${seed}`, '--servers', '2', '--store', 'postgres'],
			...['--tasks', values.tasks, '--mixed', values.mixed],
		],
	},
	{name: 'hostile', seeded: false, command: () => ['scripts/hostile.ts']},
	{
		name: 'fuzz',
		seeded: true,
		command: seed => ['scripts/fuzz.ts', '--cases', values.cases, '--seed', `${seed}`],
	},
];

process.exitCode = await main();

async function main(): Promise<number> {
	if (values.help) {
		console.log(usage);
		return 0;
	}
	const chosen = values.only.split(',');
	const strange = chosen.filter(name => !suites.some(suite => suite.name === name));
	if (strange.length > 0) {
		console.error(`prove: there is no suite ${strange.join(', ')}\n${usage}`);
		return 1;
	}
	const dirty = git('status', '--porcelain');
	if (dirty !== '') {
		console.error(`prove: the tree is not clean, so no commit would name what was proven:\n${dirty}`);
		return 1;
	}
	const about = {
		commit: git('rev-parse', 'HEAD'),
		startedAt: new Date().toISOString(),
		node: process.version,
		machine: `${platform()} ${release()} ${arch()}, ${cpus().length} cores`,
		options: values,
	};
	const proofs: Proof[] = [];
	for (let round = 1; round <= Number(values.rounds); round += 1) {
		for (const suite of suites.filter(({name}) => chosen.includes(name))) {
			proofs.push(await prove(suite, round));
			const held = proofs.every(proof => proof.held);
			writeFileSync(values.out, `${JSON.stringify({...about, held, proofs}, null, '\t')}\n`);
		}
	}
	const broken = proofs.filter(proof => !proof.held);
	for (const {suite, round, command} of broken) {
		console.log(`prove: round ${round}, ${suite} did NOT hold; again with: node bin/run.cjs ${command}`);
	}
	if (broken.length === 0) console.log(`prove: all held, ${proofs.length} suites`);
	console.log(`prove: written to ${values.out}`);
	return broken.length === 0 ? 0 : 1;
}

async function prove(suite: Suite, round: number): Promise<Proof> {
	const seed = suite.seeded ? randomInt(1, 2 ** 29) : null;
	const command = suite.command(seed ?? 0);
	const startedAt = performance.now();
	process.stdout.write(`prove: round ${round}, ${suite.name}${seed === null ? '' : `, seed ${seed}`} … `);
	const {code, text} = await run(command);
	const seconds = Math.round((performance.now() - startedAt) / 1000);
	const report = reportOf(text);
	const held = code === 0 && !isBad(report);
	console.log(`${held ? 'held' : 'NOT held'} (${formatDuration(seconds * 1000)})`);
	return {
		...{suite: suite.name, round, seed, command: command.join(' '), seconds, held, report},
		...(!held && {tail: text.slice(-4000)}),
	};
}

function run(command: readonly string[]): Promise<{code: number; text: string}> {
	const child = spawn(process.execPath, [...process.execArgv, ...command], {
		stdio: ['ignore', 'pipe', 'pipe'],
		env: {...process.env, NO_COLOR: '1'},
	});
	let text = '';
	// Progress goes to the standard error; only what is printed for the record is kept with it.
	for (const stream of [child.stdout, child.stderr]) {
		stream.setEncoding('utf8').on('data', (chunk: string) => {
			text += chunk;
		});
	}
	return new Promise((resolve, reject) => {
		child.once('error', reject);
		child.once('close', code => resolve({code: code ?? 1, text}));
	});
}

/** The last JSON object that stands on lines of its own. */
function reportOf(text: string): unknown {
	const lines = text.trimEnd().split('\n');
	for (let from = lines.length - 1; from >= 0; from -= 1) {
		if (!lines[from]?.startsWith('{')) continue;
		for (let to = lines.length; to > from; to -= 1) {
			if (!lines[to - 1]?.endsWith('}')) continue;
			try {
				return JSON.parse(lines.slice(from, to).join('\n'));
			} catch {
				// Something else was printed in between.
			}
		}
	}
	return null;
}

/** The walks say how many were bad and exit with 0. */
function isBad(report: unknown): boolean {
	return typeof report === 'object' && report !== null && 'bad' in report && report.bad !== 0;
}

function git(...args: string[]): string {
	return execFileSync('git', args, {encoding: 'utf8'}).trim();
}
