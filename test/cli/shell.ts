// The command line in this process, in front of a fake Api, with its streams looked at.
import {mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import type {ExecutionContext} from 'ava';
import {createCli} from '#cli/cli.ts';
import type {Flags} from '#cli/nodeOptions.ts';
import type {Terminal} from '#cli/terminal.ts';
import {type Clock, systemClock} from '#lib/clock.ts';
import {open} from '../gateway/door.ts';

export type Run = {
	readonly code: number;
	readonly out: string;
	readonly err: string;
	readonly sketches: string[];
};

export type RunOptions = {
	readonly input?: string;
	readonly watched?: boolean;
	/** Without `--url`. */
	readonly bare?: boolean;
	readonly env?: Terminal['env'];
	readonly me?: string;
	readonly columns?: number;
	readonly clock?: Clock;
	/** Hears standard error as it comes. */
	readonly hear?: (text: string) => void;
};

/** Runs one command line in a folder of its own; starters are recorded in `started`. */
export function shell(t: ExecutionContext, url = 'http://127.0.0.1:1') {
	const cwd = mkdtempSync(join(tmpdir(), 'warren-cli-'));
	t.teardown(() => rmSync(cwd, {recursive: true, force: true}));
	const started: [string, Flags][] = [];
	const record = (name: string, code: number) => async (flags: Flags) => {
		started.push([name, flags]);
		return code;
	};
	const run = async (args: readonly string[], options: RunOptions = {}): Promise<Run> => {
		const {input = '', watched = false, env = {}, bare = false, me = 'warren'} = options;
		const {clock = systemClock, hear, columns} = options;
		const out: string[] = [];
		const err: string[] = [];
		const sketches: string[] = [];
		const terminal: Terminal = {
			print: text => void out.push(text),
			say: text => {
				err.push(text);
				hear?.(text);
			},
			sketch: text => void sketches.push(text),
			read: async () => Buffer.from(input),
			watched,
			env,
			cwd,
			clock,
			me,
			columns,
		};
		const start = {
			up: record('up', 0),
			server: record('server', 0),
			worker: record('worker', 130),
			supervise: record('supervise', 0),
			config: record('config', 0),
			keyFile: ({data = '.warren'}: Flags) => join(cwd, data, 'keys.json'),
		};
		const code = await createCli({start, terminal, version: '1.2.3'}).run(bare ? args : withUrl(args, url));
		return {code, out: out.join('\n'), err: err.join('\n'), sketches};
	};
	return {run, cwd, started};
}

/** In front of a fake Api. */
export async function world(t: ExecutionContext) {
	const door = await open(t);
	return {...door, ...shell(t, door.url)};
}

const local = new Set(['up', 'server', 'worker', 'config', 'init', 'keys']);

function withUrl(args: readonly string[], url: string): readonly string[] {
	const [first = '', ...rest] = args;
	if (first.startsWith('-') || first === '' || local.has(first) || args.includes('--url')) return args;
	return rest.includes('--help') ? args : [...args, '--url', url];
}
