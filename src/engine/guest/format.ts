// How values look when printed: like Node's, but short, and bounded in depth, width and length.
import {
	charCodeAt,
	getPrototypeOf,
	indexOf,
	isArray,
	ownKeys,
	slice,
	stringify,
	text,
} from './primordials.ts';

const deepest = 4;
const widest = 100;
const longest = 16 * 1024;

/** One line of text from what was given to `console.log`; understands %s %d %i %f %j %o %O %c %%. */
export function format(args: readonly unknown[]): string {
	let line = '';
	let next = 0;
	if (typeof args[0] === 'string') {
		next = 1;
		line = args.length > 1 && indexOf(args[0], '%') >= 0 ? fill(args[0]) : args[0];
	}
	for (; next < args.length && line.length < longest; next++) {
		line += (next > 0 ? ' ' : '') + (typeof args[next] === 'string' ? args[next] : inspect(args[next]));
	}
	return line.length > longest ? `${slice(line, 0, longest)}…` : line;

	function fill(pattern: string): string {
		let out = '';
		let from = 0;
		for (
			let at = indexOf(pattern, '%');
			at >= 0 && at + 1 < pattern.length;
			at = indexOf(pattern, '%', from)
		) {
			const letter = pattern[at + 1] as string;
			const known = letter === '%' || (next < args.length && indexOf('sdifjoOc', letter) >= 0);
			out += slice(pattern, from, known ? at : at + 2);
			if (known) out += letter === '%' ? '%' : directive(letter, args[next++]);
			from = at + 2;
		}
		return out + slice(pattern, from);
	}
}

function directive(letter: string, value: unknown): string {
	if (letter === 'c') return '';
	if (letter === 's') return typeof value === 'string' ? value : inspect(value);
	if (letter === 'd' || letter === 'f') return typeof value === 'object' ? 'NaN' : text(Number(value));
	if (letter === 'i') return typeof value === 'object' ? 'NaN' : text(Number.parseInt(text(value), 10));
	return inspect(value);
}

export function inspect(value: unknown): string {
	const state = {left: longest, open: [] as unknown[]};
	return show(value, 0, state);
}

type State = {left: number; open: unknown[]};

function show(value: unknown, depth: number, state: State): string {
	if (typeof value === 'string') return depth === 0 ? value : stringify(slice(value, 0, longest));
	if (typeof value === 'bigint') return `${text(value)}n`;
	if (typeof value === 'symbol') return text(value);
	if (typeof value === 'function') return `[Function${nameOf(value)}]`;
	if (typeof value !== 'object' || value === null) return text(value);
	try {
		return showObject(value, depth, state);
	} catch {
		return '[object]';
	}
}

function showObject(value: object, depth: number, state: State): string {
	for (let at = 0; at < state.open.length; at++) if (state.open[at] === value) return '[Circular]';
	if (value instanceof Error) return typeof value.stack === 'string' ? value.stack : text(value);
	if (value instanceof Date) return text(value.valueOf()) === 'NaN' ? 'Invalid Date' : value.toISOString();
	if (value instanceof RegExp) return text(value);
	if (depth >= deepest) return isArray(value) ? '[Array]' : '[Object]';
	state.open[state.open.length] = value;
	const shown = isArray(value) ? showArray(value, depth, state) : showFields(value, depth, state);
	state.open.length -= 1;
	return shown;
}

function showArray(list: readonly unknown[], depth: number, state: State): string {
	let out = '';
	for (let at = 0; at < list.length && state.left > 0; at++) {
		if (at === widest) return `[ ${out}, … ${list.length - at} more ]`;
		out += (at > 0 ? ', ' : '') + spend(show(list[at], depth + 1, state), state);
	}
	return out === '' ? '[]' : `[ ${out} ]`;
}

function showFields(value: object, depth: number, state: State): string {
	if (value instanceof Map) return `Map(${value.size}) ${showArray([...value], depth, state)}`;
	if (value instanceof Set) return `Set(${value.size}) ${showArray([...value], depth, state)}`;
	const label = labelOf(value);
	const keys = ownKeys(value);
	let out = '';
	for (let at = 0; at < keys.length && state.left > 0; at++) {
		if (at === widest) return `${label}{ ${out}, … ${keys.length - at} more }`;
		const key = keys[at] as string;
		const field = `${text(key)}: ${show((value as Record<string, unknown>)[key], depth + 1, state)}`;
		out += (at > 0 ? ', ' : '') + spend(field, state);
	}
	return out === '' ? `${label}{}` : `${label}{ ${out} }`;
}

function labelOf(value: object): string {
	const prototype = getPrototypeOf(value) as {constructor?: {name?: unknown}} | null;
	const name = prototype?.constructor?.name;
	return typeof name === 'string' && name !== 'Object' && charCodeAt(name, 0) > 0 ? `${name} ` : '';
}

function nameOf(value: {readonly name?: unknown}): string {
	return typeof value.name === 'string' && value.name !== '' ? `: ${value.name}` : '';
}

function spend(part: string, state: State): string {
	state.left -= part.length;
	return part;
}
