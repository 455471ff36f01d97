import {readFile, stat} from 'node:fs/promises';
import {dirname, join, resolve} from 'node:path';
import {build, type Message} from 'esbuild';

/** One self-contained module: what `deploy` takes. */
export type Bundle = {readonly code: string; readonly map: string; readonly language: 'javascript'};

export type BundleOptions = {
	/** A file, or a folder with a package.json (`main`, `module`, `exports`) or an index file. */
	readonly entry: string;
	/** What a relative entry is relative to. */
	readonly cwd?: string;
};

const indexes = ['index.ts', 'index.mts', 'index.js', 'index.mjs', 'index.cjs'];
const awaitAtTop = /top-level await/i;

/**
 * Bundles a function where it was written, with the packages of its own `node_modules`.
 * @throws BundleError naming file and line when it does not parse or an import can't be found
 */
export async function bundle({entry, cwd = process.cwd()}: BundleOptions): Promise<Bundle> {
	const file = await entryOf(resolve(cwd, entry));
	try {
		return await make(file, 'cjs');
	} catch (error) {
		if (!(error instanceof BundleError) || !error.errors.some(text => awaitAtTop.test(text))) throw error;
		return make(file, 'esm');
	}
}

/** Code that can't be bundled. `errors` are sentences that begin with `file:line:column`. */
export class BundleError extends Error {
	readonly errors: readonly string[];

	constructor(errors: readonly string[]) {
		super(errors.join('\n'));
		this.name = 'BundleError';
		this.errors = errors;
	}
}

async function make(file: string, format: 'cjs' | 'esm'): Promise<Bundle> {
	try {
		const {outputFiles} = await build({
			// So that what is made does not depend on where the command was run.
			absWorkingDir: dirname(file),
			entryPoints: [file],
			bundle: true,
			write: false,
			format,
			platform: 'browser',
			conditions: ['worker', 'browser'],
			define: {'process.env.NODE_ENV': '"production"'},
			target: 'es2024',
			charset: 'utf8',
			sourcemap: 'external',
			sourcesContent: false,
			outfile: 'index.js',
			logLevel: 'silent',
		});
		const [map, code] = outputFiles;
		if (!map || !code) throw new Error('Expected esbuild to give code and its map');
		return {code: code.text, map: map.text, language: 'javascript'};
	} catch (error) {
		throw isBuildFailure(error) ? new BundleError(error.errors.map(describe)) : error;
	}
}

/** The file to begin with: the entry itself, or what its folder says. */
async function entryOf(entry: string): Promise<string> {
	const found = await stat(entry).catch(() => undefined);
	if (!found) throw new BundleError([`${entry}: there is no such file or folder`]);
	if (!found.isDirectory()) return entry;
	const main = await mainOf(entry);
	if (main !== undefined) return join(entry, main);
	for (const name of indexes) if (await isFile(join(entry, name))) return join(entry, name);
	throw new BundleError([`${entry}: expected a package.json with \`main\`, or one of ${indexes.join(', ')}`]);
}

async function mainOf(folder: string): Promise<string | undefined> {
	const file = join(folder, 'package.json');
	const text = await readFile(file, 'utf8').catch(() => undefined);
	if (text === undefined) return undefined;
	const description = parse(file, text);
	const wanted = [exported(description.exports), description.module, description.main];
	return wanted.find(name => typeof name === 'string');
}

type Description = {readonly exports?: unknown; readonly module?: unknown; readonly main?: unknown};

function parse(file: string, text: string): Description {
	try {
		return JSON.parse(text) as Description;
	} catch (error) {
		throw new BundleError([`${file}: ${error instanceof Error ? error.message : 'not JSON'}`]);
	}
}

/** The target of `.` among the conditions of a worker. */
function exported(exports: unknown): unknown {
	if (typeof exports !== 'object' || exports === null) return exports;
	const fields = exports as Record<string, unknown>;
	for (const key of ['.', 'worker', 'browser', 'import', 'default', 'require']) {
		if (key in fields) return exported(fields[key]);
	}
	return undefined;
}

async function isFile(path: string): Promise<boolean> {
	const found = await stat(path).catch(() => undefined);
	return found?.isFile() ?? false;
}

function isBuildFailure(error: unknown): error is {readonly errors: readonly Message[]} {
	return error instanceof Error && 'errors' in error && Array.isArray(error.errors);
}

function describe({text, location, notes}: Message): string {
	const place = location ? `${location.file}:${location.line}:${location.column + 1}: ` : '';
	const hint = notes.find(({text: note}) => note.includes('built into node'));
	return `${place}${text}${hint ? ' (a Node built-in: it is not there in a sandbox)' : ''}`;
}
