// What comes as many small modules is read anew by each of the thousand processes of a run: a package of
// hundreds, and the program of executors, whose types are stripped at each start. For the run each entrance
// leads to one file, made of the same modules.
import {existsSync, readFileSync} from 'node:fs';
import {chmod, mkdir, mkdtemp, writeFile} from 'node:fs/promises';
import {createRequire} from 'node:module';
import {dirname, join} from 'node:path';
import {pathToFileURL} from 'node:url';
import {build} from 'esbuild';

const root = dirname(createRequire(import.meta.url).resolve('../../package.json'));
const nodeModules = join(root, 'node_modules');
const form = {bundle: true, format: 'esm', platform: 'node'} as const;

/** For each module that is an entrance, the one that stands for it: URLs. */
export type Instead = Readonly<Record<string, string>>;

/** Makes one file of an ES package, and what is shared by its entrances, in a folder that is there. */
export async function packageInOnePiece(name: string, folder: string): Promise<Instead> {
	const entrances = entrancesOf(name);
	const [outbase, outExtension] = [join(nodeModules, name), {'.js': '.mjs'}];
	await build({...form, entryPoints: entrances, outdir: folder, outbase, outExtension, splitting: true});
	const made = (entrance: string) => join(folder, entrance.slice(outbase.length + 1));
	return Object.fromEntries(
		entrances.map(entrance => [pathToFileURL(entrance).href, pathToFileURL(made(entrance)).href]),
	);
}

/**
 * Makes one file of the program of executors. It lies in `folder`, a new one where executors may read and
 * find their packages, which is the caller's to remove.
 */
export async function executorInOnePiece(): Promise<{folder: string; instead: Instead}> {
	const [main, cache] = [join(root, 'src/engine/executor.ts'), join(nodeModules, '.cache')];
	await mkdir(cache, {recursive: true});
	const folder = await mkdtemp(join(cache, 'warren-test-'));
	// They may run as a user of their own.
	await chmod(folder, 0o755);
	await writeFile(join(folder, 'package.json'), '{"type": "module"}');
	// `ps` shows executors by this name.
	const outfile = join(folder, 'engine/executor.js');
	await build({...form, entryPoints: [main], outfile, conditions: ['source'], external: ['isolated-vm']});
	return {folder, instead: {[pathToFileURL(main).href]: pathToFileURL(outfile).href}};
}

/** Writes the module to give to Node's `--import`, into a folder that is there; says its URL. */
export async function writeHook(instead: Instead, folder: string): Promise<string> {
	const hook = join(folder, 'hook.mjs');
	await writeFile(hook, hookOf(instead));
	return pathToFileURL(hook).href;
}

function entrancesOf(name: string): string[] {
	const manifest = JSON.parse(readFileSync(join(nodeModules, name, 'package.json'), 'utf8')) as {
		exports: Record<string, {import: string}>;
	};
	const found = Object.values(manifest.exports).map(entrance => join(nodeModules, name, entrance.import));
	const strange = found.find(file => !file.endsWith('.mjs') || !existsSync(file));
	if (strange)
		throw new Error(`Expected the entrances of ${name} to be modules that are there, got ${strange}`);
	return found;
}

// Packages that lie elsewhere are left as they are. Launchers run on Nodes that know no such hooks.
const hookOf = (instead: Instead): string => `import * as module from 'node:module';
const instead = new Map(Object.entries(${JSON.stringify(instead)}));
module.registerHooks?.({
	resolve(specifier, context, next) {
		const found = next(specifier, context);
		const url = instead.get(found.url);
		return url ? {...found, url} : found;
	},
});
`;
