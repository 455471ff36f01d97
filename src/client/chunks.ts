// Many inputs as chunks: few tasks, each with the outcomes of many inputs (contract/chunk.ts).
import type {Failure} from '#actors/failure.ts';
import type {ChunkList} from '#contract/chunk.ts';
import type {SubmitOptions} from '#contract/task.ts';
import {endOf} from './ending.ts';
import type {Http} from './http.ts';
import {headersOf, textOf} from './submission.ts';

export type ChunkOptions = Omit<SubmitOptions, 'key'> & {
	/** Inputs of a chunk, at most: 500 unless said, and fewer where there are few. */
	readonly size?: number;
	readonly signal?: AbortSignal;
};

/** One chunk: so many inputs from `first` on. */
export type ChunkEnd = {readonly first: number; readonly count: number} & (
	| {
			readonly task: string;
			/** An array with `{"value": …}` or `{"failure": …}` for each of them. */
			readonly text: string;
	  }
	/** It failed as a whole; `task` is undefined where the submission itself was refused. */
	| {readonly task: string | undefined; readonly failure: Failure}
);

/** Of one request; a server takes 8 MiB unless it was told another number. */
const mostBytes = 4 * 1024 * 1024;
/** Waits under way at once: more would only be more connections. */
const abreast = 32;

/** In the order of the inputs. @throws WarrenError when nothing of a request was taken */
export async function* mapChunks(
	http: Http,
	fn: string,
	inputs: Iterable<unknown>,
	options: ChunkOptions = {},
): AsyncGenerator<ChunkEnd, void> {
	const ends: Promise<ChunkEnd>[] = [];
	let base = 0;
	for (const lines of requestsOf(inputs)) {
		const list = await submit(http, fn, lines, options);
		for (const chunk of list.chunks) {
			if (ends.length >= abreast) yield* ends.splice(0, 1);
			const end = follow(http, {...chunk, first: base + chunk.first}, options.signal);
			// Heard of when its turn comes.
			end.catch(() => {});
			ends.push(end);
		}
		base += list.inputs;
	}
	yield* ends;
}

async function submit(
	http: Http,
	fn: string,
	body: string,
	{size, signal, ...options}: ChunkOptions,
): Promise<ChunkList> {
	const response = await http.call({
		method: 'POST',
		path: `/v1/functions/${encodeURIComponent(fn)}/map`,
		query: {size},
		headers: {...headersOf(options), 'content-type': 'application/x-ndjson'},
		body,
		repeatable: false,
		...(signal && {signal}),
	});
	return (await response.json()) as ChunkList;
}

async function follow(
	http: Http,
	{first, count, answer}: ChunkList['chunks'][number],
	signal: AbortSignal | undefined,
): Promise<ChunkEnd> {
	if ('failure' in answer) return {first, count, task: undefined, failure: answer.failure as Failure};
	return {first, count, task: answer.task, ...(await endOf(http, answer.task, signal))};
}

function* requestsOf(inputs: Iterable<unknown>): Generator<string> {
	let lines: string[] = [];
	let bytes = 0;
	for (const input of inputs) {
		const line = lineOf(input);
		if (lines.length > 0 && bytes + line.length > mostBytes) {
			yield lines.join('\n');
			lines = [];
			bytes = 0;
		}
		lines.push(line);
		bytes += line.length;
	}
	if (lines.length > 0) yield lines.join('\n');
}

/** In a JSON text a line break is a space between two parts of it. */
function lineOf(input: unknown): string {
	const text = textOf(input);
	if (typeof text === 'string') return text;
	return new TextDecoder('utf-8', {fatal: true}).decode(text).replaceAll(/[\r\n]/g, ' ');
}
