// Many inputs as chunks: few tasks, each with the outcomes of many inputs (contract/chunk.ts).
import type {Failure} from '#actors/failure.ts';
import type {ChunkList} from '#contract/chunk.ts';
import type {SubmitOptions} from '#contract/task.ts';
import {endOf} from './ending.ts';
import {WarrenError} from './error.ts';
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

/** Of one request; a server takes 32 MiB unless it was told another number. */
const mostBytes = 4 * 1024 * 1024;
/** Of one request; a server takes 10,000 tasks unless it was told another number. */
const mostChunks = 1000;
const usualSize = 500;
/** Waits under way at once: more would only be more connections. */
const abreast = 32;

/**
 * In the order of the inputs.
 * @throws WarrenError when nothing of a request was taken, or when it can't be heard how a chunk ended; after the ends of all
 *   chunks before, and with the tasks of those after it in `failure.details.tasks`
 */
export async function* mapChunks(
	http: Http,
	fn: string,
	inputs: Iterable<unknown>,
	options: ChunkOptions = {},
): AsyncGenerator<ChunkEnd, void> {
	const held: Held[] = [];
	let base = 0;
	for (const lines of requestsOf(inputs, (options.size ?? usualSize) * mostChunks)) {
		let list: ChunkList;
		try {
			list = await submit(http, fn, lines, options);
		} catch (error) {
			yield* endsOf(held);
			throw error;
		}
		for (const chunk of list.chunks) {
			if (held.length >= abreast) yield* endsOf(held, 1);
			held.push(follow(http, {...chunk, first: base + chunk.first}, options.signal));
		}
		base += list.inputs;
	}
	yield* endsOf(held);
}

/** A chunk that is waited for, and its task if it was taken. */
type Held = {readonly task: string | undefined; readonly end: Promise<ChunkEnd>};

/** Takes the first so many out, and gives their ends in their order. */
async function* endsOf(held: Held[], count = held.length): AsyncGenerator<ChunkEnd, void> {
	for (let left = count; left > 0; left--) {
		const [one] = held;
		if (!one) return;
		try {
			yield await one.end;
		} catch (error) {
			throw unheard(
				error,
				held.flatMap(({task}) => task ?? []),
			);
		}
		held.shift();
	}
}

/** The tasks go on, and their results are kept: whoever is told their names can ask for them. */
function unheard(error: unknown, tasks: readonly string[]): unknown {
	if (!(error instanceof WarrenError)) return error;
	const {failure, status} = error;
	const message = `${failure.message}. Tasks that were taken and not heard of: ${tasks.join(', ')}`;
	const about = {...(status !== undefined && {status}), ...(error.task !== undefined && {task: error.task})};
	return new WarrenError({...failure, message, details: {...failure.details, tasks}}, about, {cause: error});
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

function follow(
	http: Http,
	{first, count, answer}: ChunkList['chunks'][number],
	signal: AbortSignal | undefined,
): Held {
	if ('failure' in answer) {
		const failure = answer.failure as Failure;
		return {task: undefined, end: Promise.resolve({first, count, task: undefined, failure})};
	}
	const {task} = answer;
	const end = endOf(http, task, signal).then(how => ({first, count, task, ...how}));
	// Heard of when its turn comes.
	end.catch(() => {});
	return {task, end};
}

function* requestsOf(inputs: Iterable<unknown>, mostLines: number): Generator<string> {
	let lines: string[] = [];
	let bytes = 0;
	for (const input of inputs) {
		const line = lineOf(input);
		const size = Buffer.byteLength(line) + 1;
		if (lines.length > 0 && (bytes + size > mostBytes || lines.length >= mostLines)) {
			yield lines.join('\n');
			lines = [];
			bytes = 0;
		}
		lines.push(line);
		bytes += size;
	}
	if (lines.length > 0) yield lines.join('\n');
}

/** In a JSON text a line break is a space between two parts of it. @throws SyntaxError for bytes that are none */
function lineOf(input: unknown): string {
	const text = textOf(input);
	if (typeof text === 'string') return text;
	const line = new TextDecoder('utf-8', {fatal: true}).decode(text).replaceAll(/[\r\n]/g, ' ');
	// One that is empty would shift all that follow.
	JSON.parse(line);
	return line;
}
