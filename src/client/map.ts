// Many inputs to their results, as many as are allowed at a time being waited for.
import {type Failure, fail} from '#actors/failure.ts';
import type {SubmitOptions} from '#contract/task.ts';
import {submitMany} from './batch.ts';
import {endOf} from './ending.ts';
import type {Http} from './http.ts';

export type Mapped<R> =
	| {readonly task: string; readonly value: R}
	/** `task` is undefined where the submission itself was refused. */
	| {readonly task: string | undefined; readonly failure: Failure};

type MapOptions = SubmitOptions & {readonly signal?: AbortSignal};

/** Waits under way at once: more would only be more connections. */
const abreast = 32;

/** Stands in the place of a task that has not ended yet. */
const open = {task: undefined, failure: fail('INTERNAL', 'The task has not ended')};

export async function map<R>(
	http: Http,
	fn: string,
	inputs: Iterable<unknown>,
	options: MapOptions,
): Promise<Mapped<R>[]> {
	const results: Mapped<R>[] = [];
	const waiting: {readonly at: number; readonly task: string}[] = [];
	const items = Iterator.from(inputs).map(input => ({input}));
	for await (const answer of submitMany(http, fn, items, options)) {
		if (answer.ok) waiting.push({at: results.length, task: answer.receipt.task});
		results.push(answer.ok ? open : {task: undefined, failure: answer.failure});
	}
	// All take the next one from the same line.
	const line = waiting.values();
	const work = async () => {
		for (const {at, task} of line) {
			const end = await endOf(http, task, options.signal);
			results[at] = 'text' in end ? {task, value: JSON.parse(end.text) as R} : {task, failure: end.failure};
		}
	};
	await Promise.all(Array.from({length: Math.min(abreast, waiting.length)}, work));
	return results;
}
