// Many inputs to their results, as many as are allowed at a time being waited for.
import {type Failure, fail} from '#actors/failure.ts';
import type {SubmitOptions} from '#contract/task.ts';
import {submitMany} from './batch.ts';
import {WarrenError} from './error.ts';
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
		for (const {at, task} of line) results[at] = await endOf<R>(http, task, options.signal);
	};
	await Promise.all(Array.from({length: Math.min(abreast, waiting.length)}, work));
	return results;
}

async function endOf<R>(http: Http, task: string, signal: AbortSignal | undefined): Promise<Mapped<R>> {
	const call = {
		method: 'GET',
		path: `/v1/tasks/${task}/result`,
		query: {wait: '30s'},
		repeatable: true,
		...(signal && {signal}),
	} as const;
	for (;;) {
		try {
			return {task, value: (await (await http.call(call)).json()) as R};
		} catch (error) {
			if (!isOfTask(error)) throw error;
			if (error.failure.code !== 'WAIT_OVER') return {task, failure: error.failure};
		}
	}
}

/** The task's own failure, not that of the way to it. */
function isOfTask(error: unknown): error is WarrenError {
	return error instanceof WarrenError && error.task !== undefined && error.failure.code !== 'UNAVAILABLE';
}
