// A package that comes as hundreds of small modules is read by each of the thousand processes of a run. For
// the run each entrance of it leads to one file, made of the same modules.
import {existsSync, readFileSync} from 'node:fs';
import {writeFile} from 'node:fs/promises';
import {createRequire} from 'node:module';
import {dirname, join} from 'node:path';
import {pathToFileURL} from 'node:url';
import {build} from 'esbuild';

const nodeModules = join(
	dirname(createRequire(import.meta.url).resolve('../../package.json')),
	'node_modules',
);

export type OnePiece = {
	/** The module to give to Node's `--import`: a URL. Packages that lie elsewhere are left as they are. */
	readonly hook: string;
	/** For each module that is an entrance of the package, the one that stands for it: URLs. */
	readonly instead: Readonly<Record<string, string>>;
};

/** Makes one file of an ES package, and what is shared by its entrances, in a folder that is there. */
export async function onePiece(name: string, folder: string): Promise<OnePiece> {
	const entrances = entrancesOf(name);
	await build({
		entryPoints: entrances,
		outdir: folder,
		outbase: join(nodeModules, name),
		outExtension: {'.js': '.mjs'},
		...{bundle: true, splitting: true, format: 'esm', platform: 'node'},
	});
	const instead = Object.fromEntries(
		entrances.map(entrance => {
			const made = join(folder, entrance.slice(join(nodeModules, name).length + 1));
			return [pathToFileURL(entrance).href, pathToFileURL(made).href];
		}),
	);
	const hook = join(folder, 'hook.mjs');
	await writeFile(hook, hookOf(instead));
	return {hook: pathToFileURL(hook).href, instead};
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

/** Launchers run on Nodes that know no such hooks. */
const hookOf = (instead: OnePiece['instead']): string => `import * as module from 'node:module';
const instead = new Map(Object.entries(${JSON.stringify(instead)}));
module.registerHooks?.({
	resolve(specifier, context, next) {
		const found = next(specifier, context);
		const url = instead.get(found.url);
		return url ? {...found, url} : found;
	},
});
`;
