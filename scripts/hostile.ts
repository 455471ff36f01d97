// `npm run hostile`: lets the hostile functions loose, family by family, and prints how long a good function
// in the same executor takes meanwhile. Nothing is asserted about that: machines differ.
// `npm run hostile -- guards [FAMILY]`: takes each guard away in a copy of the source and says which case
// fails then; exits with 1 where none does.
import process from 'node:process';
import {type Arena, askNeighbour, fight, openArena} from '../test/hostile/arena.ts';
import {casesOf, families} from '../test/hostile/case.ts';
import {guards} from '../test/hostile/guards.ts';
import {withoutGuard} from '../test/hostile/mutant.ts';

const [mode, only] = process.argv.slice(2);
const quietCalls = 500;

if (mode === 'guards') await takeAway(only);
else await disturb();

async function takeAway(family: string | undefined): Promise<void> {
	const needless: string[] = [];
	for (const guard of guards.filter(one => family === undefined || one.family === family)) {
		const complaints = await withoutGuard(guard);
		const failed = Object.entries(complaints ?? {}).filter(([, list]) => list.length > 0);
		if (failed.length === 0) needless.push(guard.does);
		console.log(`\n${guard.family}: without the guard that ${guard.does}`);
		if (!complaints) console.log('  nothing was shown: the copy did not run');
		else if (failed.length === 0) console.log(`  nothing failed of ${guard.cases.join(', ')}`);
		for (const [id, [first = '']] of failed) console.log(`  ${id}: ${first.slice(0, 160)}`);
	}
	console.log(`\nhostile: ${needless.length} guards that no case needs`);
	if (needless.length > 0) process.exitCode = 1;
}

async function disturb(): Promise<void> {
	const arena = await openArena();
	try {
		const quiet: number[] = [];
		for (let at = 0; at < quietCalls; at++) await timed(arena, quiet);
		say('nobody else', 0, quiet);
		for (const family of families()) {
			const cases = casesOf(family);
			const times: number[] = [];
			let over = false;
			const asking = (async () => {
				while (!over) await timed(arena, times);
			})();
			const complaints: string[] = [];
			for (const one of cases) {
				for (const complaint of await fight(arena, one, {alone: false}))
					complaints.push(`${one.name}: ${complaint}`);
			}
			over = true;
			await asking;
			say(family, cases.length, times);
			for (const complaint of complaints) console.log(`  ${complaint}`);
			if (complaints.length > 0) process.exitCode = 1;
		}
	} finally {
		await arena.stop();
	}
}

async function timed({warren}: Arena, times: number[]): Promise<void> {
	const since = performance.now();
	const wrong = await askNeighbour(warren.api, times.length);
	if (wrong) throw new Error(`The neighbour: ${wrong}`);
	times.push(performance.now() - since);
}

function say(beside: string, cases: number, times: readonly number[]): void {
	const sorted = times.toSorted((a, b) => a - b);
	const at = (share: number) => (sorted[Math.floor((sorted.length - 1) * share)] ?? 0).toFixed(1);
	console.log(
		`beside ${beside.padEnd(12)} ${String(cases).padStart(2)} cases ${String(times.length).padStart(6)} calls  ` +
			`p50 ${at(0.5)} ms  p99 ${at(0.99)} ms  most ${at(1)} ms`,
	);
}
