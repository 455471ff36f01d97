// `npm run hostile`: lets the hostile functions loose, family by family, and prints how long a good function
// in the same executor takes meanwhile. Nothing is asserted about that: machines differ.
// `npm run hostile -- guards [FAMILY]`: runs the cases of each guard in a copy of the source, takes the guard
// away there and says which case fails then; exits with 1 where none does.
// `--json`: ends with all that as one JSON object, and speaks on the standard error until then.
import process from 'node:process';
import {type Arena, askNeighbour, fight, openArena} from '../test/hostile/arena.ts';
import {casesOf, families} from '../test/hostile/case.ts';
import {guards} from '../test/hostile/guards.ts';
import {withoutGuard} from '../test/hostile/mutant.ts';
import {readArgs} from './commandLine.ts';

const usage = `usage: npm run hostile [-- guards [FAMILY]] [--json]
families: ${families().join(', ')}`;
const {
	values: {json},
	positionals: [mode, only],
} = readArgs(
	usage,
	{options: {json: {type: 'boolean', default: false}}, allowPositionals: true},
	args => args,
);
const say = json ? console.error : console.log;
const quietCalls = 500;

const report = mode === 'guards' ? await takeAway(only) : await disturb();
if (json) console.log(JSON.stringify(report, null, '\t'));
if (!report.clean) process.exitCode = 1;

async function takeAway(family: string | undefined) {
	const shown = [];
	for (const guard of guards.filter(one => family === undefined || one.family === family)) {
		const since = performance.now();
		const {failed, doubt} = await withoutGuard(guard);
		say(`\n${guard.family}: without the guard that ${guard.does}`);
		for (const [id, complaint] of Object.entries(failed)) say(`  ${id}: ${complaint.slice(0, 160)}`);
		if (doubt !== '') say(`  nothing is shown: ${doubt}`);
		const {family: of, does, file} = guard;
		shown.push({family: of, does, file, failed: Object.keys(failed), doubt, seconds: secondsSince(since)});
	}
	const doubtful = shown.filter(({doubt}) => doubt !== '').length;
	say(`\nhostile: ${shown.length} guards, of ${doubtful} it is not shown that they are needed`);
	return {clean: doubtful === 0 && shown.length > 0, guards: shown};
}

async function disturb() {
	const arena = await openArena();
	try {
		const quiet: number[] = [];
		const wrong: string[] = [];
		for (let at = 0; at < quietCalls; at++) await ask(arena, quiet, wrong);
		const reports = [tell({...about('nobody else', wrong, quiet), attacks: []})];
		for (const family of families()) reports.push(tell(await attack(arena, family)));
		return {clean: reports.every(({complaints}) => complaints.length === 0), families: reports};
	} finally {
		await arena.stop();
	}
}

async function attack(arena: Arena, family: string) {
	const times: number[] = [];
	const wrong: string[] = [];
	const attacks: {name: string; seconds: number}[] = [];
	let over = false;
	const asking = (async () => {
		while (!over) await ask(arena, times, wrong);
	})();
	for (const one of casesOf(family)) {
		const since = performance.now();
		for (const complaint of await fight(arena, one, {alone: false})) wrong.push(`${one.name}: ${complaint}`);
		attacks.push({name: one.name, seconds: secondsSince(since)});
	}
	over = true;
	await asking;
	return {...about(family, wrong, times), attacks};
}

/** One answer of the good function. */
async function ask({warren}: Arena, times: number[], wrong: string[]): Promise<void> {
	const since = performance.now();
	const complaint = await askNeighbour(warren.api, times.length);
	times.push(performance.now() - since);
	if (complaint) wrong.push(`the neighbour: ${complaint}`);
}

function about(family: string, complaints: readonly string[], times: readonly number[]) {
	const sorted = times.toSorted((a, b) => a - b);
	const at = (share: number) => Number((sorted[Math.floor((sorted.length - 1) * share)] ?? 0).toFixed(1));
	return {family, complaints, neighbour: {calls: times.length, p50: at(0.5), p99: at(0.99), most: at(1)}};
}

type Report = ReturnType<typeof about> & {
	/** Each with the time that its fight took, the good function's answers before and after it included. */
	readonly attacks: readonly {readonly name: string; readonly seconds: number}[];
};

function tell(report: Report): Report {
	const {family, complaints, neighbour, attacks} = report;
	const {calls, p50, p99, most} = neighbour;
	const seconds = attacks.reduce((sum, one) => sum + one.seconds, 0);
	say(
		`beside ${family.padEnd(12)} ${String(attacks.length).padStart(2)} cases ${String(calls).padStart(6)} calls  ` +
			`p50 ${p50} ms  p99 ${p99} ms  most ${most} ms  in ${seconds.toFixed(0)} s`,
	);
	for (const complaint of complaints) say(`  ${complaint}`);
	return report;
}

function secondsSince(since: number): number {
	return Number(((performance.now() - since) / 1000).toFixed(1));
}
