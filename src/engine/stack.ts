import {originalPositionFor, TraceMap} from '@jridgewell/trace-mapping';

/** Where user code lives, as its stacks say. */
export const rootOf = (name: string): string => `file:///fn/${name}/`;
export const fileOf = (name: string): string => `${rootOf(name)}index.js`;

export type StackMapper = {
	/** A stack as its author knows it: own sources, no frame of the host. */
	stack(text: string): string;
	/** The first place in user code that a text names, as `src/main.ts:3:14`; where the code begins if it names none. */
	place(text: string): string;
};

// Source maps are their author's: names of megabytes, at a thousand places of a stack, would keep the
// process busy that all functions share.
const longestText = 16 * 1024;
const longestSource = 1024;

const position = /file:\/\/\/fn\/[^\s():]+:(\d+):(\d+)/g;
const frame = /^\s+at /;

/** Reads the source map only when it is first needed. A map that can't be read is left out. */
export function createStackMapper(name: string, map: Buffer | null): StackMapper {
	let trace: TraceMap | null | undefined;

	function original(line: number, column: number): string {
		trace ??= read(map);
		const found = trace && line > 0 && originalPositionFor(trace, {line, column: Math.max(0, column - 1)});
		if (!found || found.source === null) return `index.js:${line}:${column}`;
		return `${tidy(found.source)}:${found.line}:${found.column + 1}`;
	}

	return {
		stack(text) {
			const lines = text.split('\n').filter(line => !frame.test(line) || isTheirs(line));
			const mapped = lines.join('\n').replace(position, (_, line, column) => {
				return rootOf(name) + original(Number(line), Number(column));
			});
			return mapped.slice(0, longestText);
		},
		place(text) {
			const [found] = text.matchAll(position);
			if (found) return original(Number(found[1]), Number(found[2]));
			trace ??= read(map);
			// A bundler puts what it was asked for last.
			return `${tidy(trace?.sources.findLast(source => source !== null) ?? 'index.js')}:1`;
		},
	};
}

/** A frame of user code or of the language; none of the guest's and none of the host's. */
function isTheirs(line: string): boolean {
	if (line.includes('file:///fn/')) return true;
	return line.includes('<anonymous>') || line.includes('(index ') || line.includes('(native)');
}

function read(map: Buffer | null): TraceMap | null {
	if (!map) return null;
	try {
		const trace = new TraceMap(map.toString('utf8'));
		// Positions are decoded at the first question: a map that is broken there is broken here.
		originalPositionFor(trace, {line: 1, column: 0});
		return trace;
	} catch {
		return null;
	}
}

/** A source relative to the package, whatever folder the bundler ran in. */
function tidy(source: string): string {
	return source
		.slice(-longestSource)
		.replace(/^[a-z][a-z0-9+.-]+:\/*/i, '')
		.split('/')
		.filter(part => part !== '' && part !== '.' && part !== '..')
		.join('/');
}
