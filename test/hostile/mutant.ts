// A copy of the product in a folder of its own, with all of its guards and then without one of them, and what
// the hostile functions do to it.
import {execFile} from 'node:child_process';
import {chmodSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import process from 'node:process';
import {fileURLToPath} from 'node:url';
import {endMs} from './arena.ts';
import type {Guard} from './guard.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
/** Below the repository, whose packages are then those of the copy: executors may read no others. */
const nest = join(root, '.mutants');
const copied = [
	'src',
	'actors',
	'config',
	'scripts',
	'test/hostile',
	'test/harness',
	'test/worker',
	'test/engine/world.ts',
	'package.json',
];
/** Without its guard a function may never end: so long is waited for one, or longer on a machine that is slow now. */
const leastPatienceMs = 8000;
const slower = 2;
const longestMs = 300_000;
const longestComplaint = 500;
const flags = ['--conditions=source', '--no-node-snapshot', '--disable-warning=ExperimentalWarning'];

/** What taking a guard away shows. */
export type Removal = {
	/** The first complaint of each case that failed without it. */
	readonly failed: Readonly<Record<string, string>>;
	/** Why its need is not shown; '' if it is. */
	readonly doubt: string;
};

/** Runs its cases in a copy with all guards, where none may complain, and again in the same copy without this one. */
export async function withoutGuard(guard: Guard, waitMs = endMs): Promise<Removal> {
	mkdirSync(nest, {recursive: true});
	const folder = mkdtempSync(join(nest, 'without-'));
	try {
		// Executors may run as a user of their own, who must be able to read it.
		chmodSync(folder, 0o755);
		for (const part of copied) cpSync(join(root, part), join(folder, part), {recursive: true});
		const since = performance.now();
		const before = await failuresIn(folder, guard, waitMs);
		const tookMs = performance.now() - since;
		const [spoilt] = Object.entries(before);
		if (spoilt) return {failed: {}, doubt: `with all guards, too, ${spoilt.join(': ')}`};
		remove(folder, guard);
		const failed = await failuresIn(folder, guard, Math.max(leastPatienceMs, Math.round(tookMs * slower)));
		const none = Object.keys(failed).length === 0;
		return {failed, doubt: none ? `nothing failed of ${guard.cases.join(', ')}` : ''};
	} catch (error) {
		return {failed: {}, doubt: `the copy did not run: ${String(error)}`};
	} finally {
		rmSync(folder, {recursive: true, force: true});
	}
}

/**
 * The first complaint of each case that has any.
 * @throws Error when the copy tells of none of them
 */
async function failuresIn(folder: string, guard: Guard, waitMs: number): Promise<Removal['failed']> {
	const isGuest = wallsOf(guard).some(({file}) => /guest/.test(file));
	if (isGuest) await run(folder, ['--input-type=module', '--eval', remake]);
	const {told, complained} = await run(folder, ['test/hostile/trial.ts', String(waitMs), ...guard.cases]);
	if (told === '') throw new Error(complained.slice(-longestComplaint) || 'it said nothing');
	const complaints = Object.entries(JSON.parse(told) as Record<string, string[]>);
	return Object.fromEntries(
		complaints.flatMap(([id, [first]]) => (first === undefined ? [] : [[id, first]])),
	);
}

/** How often each of its texts stands in its file; only once is right. */
export function occurrences(guard: Guard): number[] {
	return wallsOf(guard).flatMap(({file, changes}) => {
		const source = readFileSync(join(root, file), 'utf8');
		return changes.map(([text]) => source.split(text).length - 1);
	});
}

function wallsOf(guard: Guard): (Guard | NonNullable<Guard['behind']>)[] {
	return guard.behind ? [guard, guard.behind] : [guard];
}

function remove(folder: string, guard: Guard): void {
	if (occurrences(guard).some(count => count !== 1)) {
		throw new Error(`Expected each text of the guard in ${guard.file} to be there once`);
	}
	for (const {file, changes} of wallsOf(guard)) {
		let source = readFileSync(join(folder, file), 'utf8');
		for (const [text, without] of changes) source = source.replace(text, () => without);
		writeFileSync(join(folder, file), source);
	}
}

/** What runs inside of isolates is kept as a bundle: it is made anew. */
const remake = `
	import {writeFileSync} from 'node:fs';
	const {bundleGuest} = await import(process.cwd() + '/scripts/guestBundle.ts');
	const text = await bundleGuest(process.cwd() + '/');
	writeFileSync('src/engine/guestSource.ts', 'export const guestSource = ' + JSON.stringify(text) + ';');
`;

/** What it printed, also if it killed itself afterwards. */
function run(folder: string, args: readonly string[]): Promise<{told: string; complained: string}> {
	return new Promise(resolve => {
		const options = {cwd: folder, timeout: longestMs, killSignal: 'SIGKILL'} as const;
		execFile(process.execPath, [...flags, ...args], options, (_, stdout, stderr) =>
			resolve({told: stdout.trim(), complained: stderr.trim()}),
		);
	});
}
