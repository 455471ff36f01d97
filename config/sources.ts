// Where values come from, in the order in which later ones win: file, environment, flags.
import {existsSync, readFileSync} from 'node:fs';
import {resolve} from 'node:path';
import {LineCounter, parseDocument} from 'yaml';
import {nearest} from './nearest.ts';
import {type Key, keys, settings, variableOf} from './schema.ts';

export type Source = {
	readonly kind: 'default' | 'file' | 'env' | 'flag';
	/** As a person would look for it: `warren.yaml`, `WARREN_HTTP_PORT`, `--port`. */
	readonly name: string;
};

/** A value that somebody gave; `key` may be none of ours. */
export type Given = {readonly key: string; readonly raw: unknown; readonly source: Source};

export type Problem = {readonly key: string; readonly message: string};

const fileNames = ['warren.yaml', 'warren.yml', 'warren.json'];

/** The file that is meant: the one asked for, or one of the usual names in the working directory. */
export function findFile(cwd: string, asked: string | undefined): string | undefined {
	if (asked !== undefined) return resolve(cwd, asked);
	return fileNames.map(name => resolve(cwd, name)).find(path => existsSync(path));
}

/** Reads YAML, or JSON, which is YAML too. Groups may be nested or written with dots. */
export function readFile(path: string): Given[] | Problem {
	const problem = (why: string): Problem => ({key: 'config', message: `${path}: ${why}`});
	let text: string;
	try {
		text = readFileSync(path, 'utf8');
	} catch (error) {
		return problem(`the file can't be read (${(error as NodeJS.ErrnoException).code ?? String(error)})`);
	}
	const lineCounter = new LineCounter();
	const document = parseDocument(text, {lineCounter, prettyErrors: false});
	const [wrong] = document.errors;
	if (wrong) {
		const {line, col} = lineCounter.linePos(wrong.pos[0]);
		return problem(`line ${line}, column ${col}: ${wrong.message}`);
	}
	const content: unknown = document.toJS();
	if (content === null) return [];
	if (!isGroup(content)) return problem('expected settings like `http: {port: 7070}`, got something else');
	return flatten(content, '').map(([key, raw]) => ({key, raw, source: {kind: 'file', name: path}}));
}

const isGroup = (value: unknown): value is Readonly<Record<string, unknown>> =>
	typeof value === 'object' && value !== null && !Array.isArray(value);

function flatten(group: Readonly<Record<string, unknown>>, prefix: string): [string, unknown][] {
	return Object.entries(group).flatMap(([name, value]) => {
		const key = prefix + name;
		// A setting may have a group for its value.
		if (isGroup(value) && !isKey(key)) return flatten(value, `${key}.`);
		// A heading with nothing under it.
		if (value === null && groups.has(key)) return [];
		return [[key, value] as [string, unknown]];
	});
}

/** `http`, `defaults.backoff`: what has settings under it. */
export const groups: ReadonlySet<string> = new Set(
	keys.flatMap(key => {
		const parts = key.split('.').slice(0, -1);
		return parts.map((_, i) => parts.slice(0, i + 1).join('.'));
	}),
);

export type Env = Readonly<Record<string, string | undefined>>;

/** A variable that is set to nothing counts as not set: so says every compose file. */
export function readEnv(env: Env): Given[] {
	return keys.flatMap(key => {
		const name = variableOf(key);
		const raw = env[name];
		return raw === undefined || raw === '' ? [] : [{key, raw, source: {kind: 'env', name}} as const];
	});
}

// A variable that looks like ours may be a typing error; it may also be what an orchestrator sets for
// a service called warren. So it is told, not refused, and only where it is nearly one of ours.
export function suspiciousVariables(env: Env): string[] {
	const known = keys.map(variableOf);
	return Object.keys(env)
		.filter(name => name.startsWith('WARREN_') && !name.startsWith('WARREN_TEST_') && !known.includes(name))
		.flatMap(name => {
			const meant = nearest(name, known);
			const near = meant !== undefined && Math.abs(meant.length - name.length) <= 2;
			return near ? [`${name} is not a setting; did you mean ${meant}?`] : [];
		});
}

/** Flags by their short names (`port`) or their keys (`http.port`); undefined ones were not given. */
export function readFlags(flags: Readonly<Record<string, unknown>>): Given[] {
	return Object.entries(flags)
		.filter(([name, raw]) => raw !== undefined && name !== 'config')
		.map(([name, raw]) => {
			const key = keys.find(one => settings[one].flag === name);
			const shown = key === undefined ? `--set ${name}` : `--${name}`;
			return {key: key ?? name, raw, source: {kind: 'flag', name: shown}};
		});
}

export const isKey = (key: string): key is Key => Object.hasOwn(settings, key);
