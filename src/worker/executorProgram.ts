import {existsSync, readFileSync, realpathSync} from 'node:fs';
import {createRequire} from 'node:module';
import {dirname, join, sep} from 'node:path';
import {fileURLToPath} from 'node:url';

/** What an executor runs, and all that it may read for it. */
export type Program = {
	/** Its main. */
	readonly main: string;
	/** Absolute paths of our own code and of the packages, none inside another. */
	readonly folders: readonly string[];
	readonly files: readonly string[];
	/** A package with native code, as the program would load it: who can load this can load all. */
	readonly addon: string;
};

/** isolated-vm looks whether this is there, to tell which C library it must be built for. */
const alpineRelease = '/etc/alpine-release';

/**
 * Our code and the `node_modules` that Node would look into, and nothing else of the folder they lie
 * in: a checkout or an application has its settings and its data there too.
 */
export function executorProgram(): Program {
	const main = fileURLToPath(import.meta.resolve('#engine/executor.ts'));
	const root = packageOf(main);
	const code = main.startsWith(join(root, 'dist') + sep) ? ['dist'] : ['src', 'actors'];
	const found = [...code.map(name => join(root, name)), ...packagesAbove(root)];
	const folders = found.filter(folder => !found.some(other => folder.startsWith(other + sep)));
	const manifest = join(root, 'package.json');
	const system = existsSync(alpineRelease) ? [alpineRelease] : [];
	return {
		main,
		folders,
		files: [...(folders.some(folder => manifest.startsWith(folder + sep)) ? [] : [manifest]), ...system],
		addon: createRequire(main).resolve('isolated-vm'),
	};
}

/**
 * The flags that the sandbox stands on (docs/decisions/0006-isolates.md): isolates need the first; with V8's
 * optimising compiler a plain loop of array pushes escapes every limit; Wasm memory is counted by
 * nothing else; and Node itself refuses files, processes, threads and the network to what might break out.
 */
export function flagsOf({main, folders, files}: Program): string[] {
	return [
		'--no-node-snapshot',
		'--no-turbofan',
		'--wasm-max-mem-pages=1024',
		'--permission',
		'--allow-addons',
		...[...folders, ...files, alpineRelease].map(path => `--allow-fs-read=${path}`),
		'--disable-warning=PERM0001',
		'--disable-warning=ExperimentalWarning',
		...(main.endsWith('.ts') ? ['--conditions=source'] : []),
	];
}

function packageOf(file: string): string {
	for (let folder = dirname(file); folder !== dirname(folder); folder = dirname(folder)) {
		const manifest = join(folder, 'package.json');
		if (existsSync(manifest) && 'name' in (JSON.parse(readFileSync(manifest, 'utf8')) as object))
			return folder;
	}
	throw new Error(`Expected ${file} to lie in a package`);
}

function packagesAbove(root: string): string[] {
	const folders: string[] = [];
	for (let folder = root; folder !== dirname(folder); folder = dirname(folder)) {
		const packages = folder.endsWith(`${sep}node_modules`) ? folder : join(folder, 'node_modules');
		if (!existsSync(packages)) continue;
		// Where it is a link, modules are looked for at the one path and may be loaded from the other.
		for (const path of new Set([packages, realpathSync(packages)])) folders.push(path);
	}
	return [...new Set(folders)];
}
