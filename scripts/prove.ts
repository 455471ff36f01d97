// `npm run prove [-- options]`: every suite that could find a promise broken, three times over with new
// seeds, from a clean tree. Writes what ran, with which seed, on which commit, and the ledgers of the
// chaos runs. Exits with 1 if anything was found; each seed repeats its run.
import {execFileSync} from 'node:child_process';
import {randomInt} from 'node:crypto';
import {readFileSync, renameSync, writeFileSync} from 'node:fs';
import {arch, cpus, platform, release} from 'node:os';
import {parseArgs} from 'node:util';
import {formatDuration} from '#lib/duration.ts';
import {begin, due, hasHeld, type Part, type Proof, resume, type Try, unsteady} from './proof.ts';
import {isBad, reportOf, run} from './proveRun.ts';
import {type Suite, suitesOf} from './proveSuites.ts';

const usage = `Usage: npm run prove -- [--rounds 3] [--only tests,walks,chaos,servers,combinations,hostile,guards,fuzz] [--out prove.json]
       [--walks 100000] [--tasks 10000] [--mixed SECONDS (300)] [--crashes 20] [--cancels 1000] [--cases 100000]
       [--continue] [--parts SUITE:ROUND,…]
With the numbers above a round takes some 90 minutes. Several servers get a fifth of the tasks; each round tries
another pair of a broker and a store as the combination. Smaller ones make a shorter proof, and the file says them.
With --continue and the same options, what held by the file of --out is kept, and what is missing there or did not
hold is run with the seed that it had: a failure that nothing has mended is to be seen, not to be drawn anew. What
holds only then has not held. A proof goes on on a later commit if nothing of the product has changed (tests, benches
and documents may): what failed is run again there, and has held if it does and the tests are not the same.
--parts runs these alone, and leaves the rest.`;

const numbers = {
	rounds: {type: 'string', default: '3'},
	walks: {type: 'string', default: '100000'},
	tasks: {type: 'string', default: '10000'},
	mixed: {type: 'string', default: '300'},
	crashes: {type: 'string', default: '20'},
	cancels: {type: 'string', default: '1000'},
	cases: {type: 'string', default: '100000'},
} as const;
const {values} = parseArgs({
	options: {
		...numbers,
		only: {type: 'string', default: 'tests,walks,chaos,servers,combinations,hostile,guards,fuzz'},
		out: {type: 'string', default: 'prove.json'},
		continue: {type: 'boolean', default: false},
		parts: {type: 'string', default: ''},
		help: {type: 'boolean', default: false},
	},
});
const {out, continue: isContinued, parts: wanted, help, ...options} = values;
const suites = suitesOf(values);
/** How much is kept of what a suite printed that did not hold, characters. */
const tailSize = 4000;

process.exitCode = help ? tell(usage) : await main();

async function main(): Promise<number> {
	const refusal = refuse();
	if (refusal) return complain(refusal);
	const terms = {commit: git('rev-parse', 'HEAD'), node: process.version, options};
	const draw = () => randomInt(1, 2 ** 29);
	let proof: Proof;
	try {
		proof = isContinued
			? resume(readFileSync(out, 'utf8'), terms, productSince)
			: begin(terms, Number(values.rounds), suites.filter(isChosen), draw);
	} catch (error) {
		return complain(`${out} can't be continued: ${error instanceof Error ? error.message : String(error)}`);
	}
	const strange = wanted
		.split(',')
		.find(name => name !== '' && !proof.parts.some(part => nameOf(part) === name));
	if (strange !== undefined)
		return complain(`there is no part ${strange}; the first is ${proof.parts.map(nameOf)[0]}`);
	const parts = due(proof);
	if (isContinued)
		tell(`prove: ${proof.parts.length - parts.length} of ${proof.parts.length} held and are kept`);
	write(proof);
	for (const part of parts.filter(isWanted)) {
		const found = await prove(part);
		// What was changed while it ran may have been what ran.
		const change = git('rev-parse', 'HEAD') === terms.commit ? dirt() : 'another commit was checked out';
		if (change !== undefined) return complain(`${nameOf(part)} does not count: ${change}`);
		const failed = part.tries.findLast(({held}) => !held);
		const since = failed && {mended: changedSince(failed.commit, ['test'])};
		part.tries.push({commit: terms.commit, tests: git('rev-parse', 'HEAD:test'), ...since, ...found});
		write(proof);
	}
	return conclude(proof);
}

/** Why nothing is run, in words. */
function refuse(): string | undefined {
	const strange = values.only.split(',').filter(name => !suites.some(suite => suite.name === name));
	if (strange.length > 0) return `there is no suite ${strange.join(', ')}\n${usage}`;
	for (const name of Object.keys(numbers) as (keyof typeof numbers)[]) {
		const least = name === 'rounds' ? 1 : 0;
		if (!/^\d{1,9}$/.test(values[name]) || Number(values[name]) < least)
			return `expected --${name} to be a number, at least ${least}, got \`${values[name]}\`\n${usage}`;
	}
	return dirt();
}

function dirt(): string | undefined {
	const dirty = git('status', '--porcelain');
	if (dirty === '') return undefined;
	return `the tree is not clean, so no commit would name what was proven:\n${dirty}`;
}

function isWanted(part: Part): boolean {
	return wanted === '' || wanted.split(',').includes(nameOf(part));
}

function nameOf({suite, round}: Part): string {
	return `${suite}:${round}`;
}

function isChosen({name}: Suite): boolean {
	return values.only.split(',').includes(name);
}

/** Whole or not at all: it may be cut off at any time. Where it ran is nobody's business who reads it. */
function write({parts, ...terms}: Proof): void {
	const held = parts.every(hasHeld);
	const text = JSON.stringify({...terms, held, parts}, null, '\t').replaceAll(`${process.cwd()}/`, '');
	writeFileSync(`${out}.part`, `${text}\n`);
	renameSync(`${out}.part`, out);
}

function conclude(proof: Proof): number {
	const broken = due(proof);
	const wavering = new Set(unsteady(proof));
	for (const part of broken) {
		const {suite, round, seed, tries} = part;
		if (tries.length === 0) {
			tell(`prove: round ${round}, ${suite} was not run yet`);
			continue;
		}
		const same = seed === null ? '' : ` with the seed ${seed}`;
		const how = wavering.has(part)
			? `held only when run ${tries.length} times${same}, though nothing was mended: it has NOT held`
			: 'did NOT hold';
		tell(`prove: round ${round}, ${suite} ${how}; again with: node bin/run.cjs ${tries.at(-1)?.command}`);
	}
	if (broken.length === 0) tell(`prove: all held, ${proof.parts.length} suites`);
	tell(`prove: written to ${out}`);
	return broken.length === 0 ? 0 : 1;
}

async function prove({suite, round, seed, tries}: Part): Promise<Omit<Try, 'commit' | 'tests' | 'mended'>> {
	const found = suites.find(({name}) => name === suite);
	if (!found) throw new Error(`Expected a suite to run, got \`${suite}\``);
	const command = found.command(seed ?? 0, round);
	const startedAt = new Date().toISOString();
	const since = performance.now();
	const which = `round ${round}, ${suite}${seed === null ? '' : `, seed ${seed}`}`;
	process.stdout.write(`prove: ${which}${tries.length > 0 ? ', which did not hold, again' : ''} … `);
	const {code, text} = await run(command);
	const seconds = Math.round((performance.now() - since) / 1000);
	const report = reportOf(text);
	const held = code === 0 && !isBad(report);
	tell(`${held ? 'held' : 'NOT held'} (${formatDuration(seconds * 1000)})`);
	if (!held) tell(`prove: all that it printed is in ${keepOutput(suite, round, text)}`);
	const machine = `${platform()} ${release()} ${arch()}, ${cpus().length} cores`;
	return {
		...{startedAt, machine, command: command.join(' '), seconds, held, report},
		...(!held && {tail: text.slice(-tailSize)}),
	};
}

/** The file of the proof has the end of it alone. */
function keepOutput(suite: string, round: number, text: string): string {
	const path = `${out}.${suite}-${round}.log`;
	writeFileSync(path, text);
	return path;
}

/** What tries the product, measures it or tells of it is no part of it. */
function productSince(commit: string): readonly string[] {
	const others = [
		'test',
		'bench',
		'docs',
		'*.md',
		'scripts/prove*.ts',
		'scripts/proof.ts',
		'scripts/combinations.ts',
	];
	return changedSince(commit, ['.', ...others.map(path => `:!${path}`)]);
}

function changedSince(commit: string, where: readonly string[]): string[] {
	const names = git('diff', '--name-only', commit, 'HEAD', '--', ...where);
	return names.split('\n').filter(name => name !== '');
}

function git(...args: string[]): string {
	return execFileSync('git', args, {encoding: 'utf8'}).trim();
}

function tell(line: string): number {
	console.log(line);
	return 0;
}

function complain(line: string): number {
	console.error(`prove: ${line}`);
	return 1;
}
