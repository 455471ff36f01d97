import {format} from './format.ts';
import type {Log} from './host.ts';
import {apply, bare, freeze, mapDelete, mapGet, mapSet, now, SafeMap, slice, text} from './primordials.ts';

/** What one call may print; the rest is counted and cut. */
const mostLines = 1000;
const mostCharacters = 64 * 1024;

export type Console = ReturnType<typeof createConsole>;

/** `console` and `ctx.log`. Lines go to the host as they are printed, so that they outlive a killed sandbox. */
export function createConsole(log: Log) {
	const kept = {lines: 0, characters: 0};
	const cut = {lines: 0, characters: 0};
	let indent = '';
	const counts = new SafeMap<string, number>();
	const starts = new SafeMap<string, number>();

	function print(level: string, args: readonly unknown[]): void {
		const line = indent + format(args);
		const room = kept.lines < mostLines ? mostCharacters - kept.characters : 0;
		const shown = line.length <= room ? line : slice(line, 0, room);
		if (shown.length < line.length || room === 0) {
			cut.lines += 1;
			cut.characters += line.length - shown.length;
			kept.lines = mostLines;
		}
		if (room === 0) return;
		if (kept.lines < mostLines) kept.lines += 1;
		kept.characters += shown.length;
		log(now(), level, shown);
	}

	const printer =
		(level: string) =>
		(...args: unknown[]): void =>
			print(level, args);
	const label = (value: unknown) => (value === undefined ? 'default' : text(value));

	function took(name: unknown, args: readonly unknown[]): void {
		const start = mapGet(starts, label(name));
		if (start !== undefined) print('info', [`${label(name)}: ${now() - start} ms`, ...args]);
	}

	const plain = {
		debug: printer('debug'),
		info: printer('info'),
		warn: printer('warn'),
		error: printer('error'),
	};
	const console = {
		...plain,
		log: plain.info,
		dir: (value: unknown) => print('info', [value]),
		table: (value: unknown) => print('info', [value]),
		trace: (...args: unknown[]) => print('debug', ['Trace:', ...args]),
		assert(truth: unknown, ...args: unknown[]) {
			if (!truth) print('error', ['Assertion failed:', ...args]);
		},
		count(name?: unknown) {
			const next = (mapGet(counts, label(name)) ?? 0) + 1;
			mapSet(counts, label(name), next);
			print('info', [`${label(name)}: ${next}`]);
		},
		countReset: (name?: unknown) => void mapDelete(counts, label(name)),
		time: (name?: unknown) => void mapSet(starts, label(name), now()),
		timeLog: (name?: unknown, ...args: unknown[]) => took(name, args),
		timeEnd(name?: unknown) {
			took(name, []);
			mapDelete(starts, label(name));
		},
		group(...args: unknown[]) {
			if (args.length > 0) apply(plain.info, undefined, args);
			if (indent.length < 40) indent += '  ';
		},
		groupEnd() {
			indent = slice(indent, 2);
		},
		clear() {},
	};
	return {
		console: {...console, dirxml: console.dir, groupCollapsed: console.group},
		log: freeze(bare({...plain})),
		cutLines: () => cut.lines,
		cutCharacters: () => cut.characters,
		reset() {
			kept.lines = kept.characters = cut.lines = cut.characters = 0;
			indent = '';
		},
	};
}
