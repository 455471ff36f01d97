// A copy of the product without one of its guards, in a folder of its own, and what the hostile functions
// do to it.
import {execFile} from 'node:child_process';
import {chmodSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import process from 'node:process';
import {fileURLToPath} from 'node:url';
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
/** Without its guard a function may never end: so long is waited for one. */
const patienceMs = 8000;
const longestMs = 90_000;
const flags = ['--conditions=source', '--no-node-snapshot', '--disable-warning=ExperimentalWarning'];

/** The complaints of each case; undefined if the copy does not even start: then nothing is proven. */
export async function withoutGuard(guard: Guard): Promise<Record<string, string[]> | undefined> {
	mkdirSync(nest, {recursive: true});
	const folder = mkdtempSync(join(nest, 'without-'));
	try {
		// Executors may run as a user of their own, who must be able to read it.
		chmodSync(folder, 0o755);
		for (const part of copied) cpSync(join(root, part), join(folder, part), {recursive: true});
		remove(folder, guard);
		const remade = /guest/.test(guard.file);
		if (remade) await run(folder, ['--input-type=module', '--eval', remake]);
		const said = await run(folder, ['test/hostile/trial.ts', String(patienceMs), ...guard.cases]);
		return said === '' ? undefined : (JSON.parse(said) as Record<string, string[]>);
	} finally {
		rmSync(folder, {recursive: true, force: true});
	}
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
function run(folder: string, args: readonly string[]): Promise<string> {
	return new Promise(resolve => {
		const options = {cwd: folder, timeout: longestMs, killSignal: 'SIGKILL'} as const;
		execFile(process.execPath, [...flags, ...args], options, (_, stdout) => resolve(stdout.trim()));
	});
}
