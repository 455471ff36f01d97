// How a node of the bench fills its queue, and watches it drain: at the `Api` door and with what it counts
// anyway, so that neither the million nor the watching is the bench's own.
import {setTimeout as delay} from 'node:timers/promises';
import type {Api} from '#api/api.ts';
import type {Metrics} from '#observe/metrics.ts';
import {body} from './load.ts';

/** So many tasks in so many ms. */
export type Pace = {readonly count: number; readonly ms: number};

/** How many are handed over at once. */
const list = 1000;
const lookMs = 1;
/** Without an end for so long, nothing is drained any more. */
const patienceMs = 30_000;

/** Submits so many, one list after the other; nobody waits for their ends. @throws Error for one refused */
export async function fill(api: Api, name: string, count: number): Promise<Pace> {
	let ms = 0;
	for (let from = 0; from < count; from += list) {
		const size = Math.min(list, count - from);
		const submissions = Array.from({length: size}, (_, at) => submissionOf(name, body(from + at)));
		const startedAt = performance.now();
		const answers = await api.submit(submissions);
		ms += performance.now() - startedAt;
		for (const answer of answers) if (!answer.ok) throw new Error(answer.failure.message);
	}
	return {count, ms};
}

/** Submits one task; says its id. @throws Error when it is refused */
export async function put(api: Api, name: string, input: string): Promise<string> {
	const [answer] = await api.submit([submissionOf(name, input)]);
	if (!answer?.ok) throw new Error(answer?.failure.message ?? 'Nothing was answered');
	return answer.value.task;
}

export async function cancelAll(api: Api, tasks: readonly string[]): Promise<void> {
	for (const answer of await Promise.all(tasks.map(task => api.cancel(task))))
		if (!answer.ok) throw new Error(answer.failure.message);
}

/**
 * From the call to the end that makes the count full. Not from the first end on: by then the worker has run
 * all that its slots and its packs hold, which of a short queue is most.
 * @throws Error when nothing ends any more
 */
export async function drained(metrics: Metrics, name: string, count: number): Promise<Pace> {
	const startedAt = performance.now();
	const before = await ended(metrics, name);
	let last = {count: 0, at: startedAt};
	while (last.count < count) {
		await delay(lookMs);
		const now = {count: (await ended(metrics, name)) - before, at: performance.now()};
		if (now.count > last.count) last = now;
		else if (now.at > last.at + patienceMs)
			throw new Error(`Only ${last.count} of ${count} tasks of \`${name}\` ended`);
	}
	return {count: last.count, ms: last.at - startedAt};
}

/** How many of a function have succeeded so far, at this node. */
export async function ended({transitions}: Metrics, name: string): Promise<number> {
	const {values} = await transitions.get();
	const found = values.find(({labels}) => labels.function === name && labels.state === 'succeeded');
	return found?.value ?? 0;
}

const submissionOf = (name: string, input: string) =>
	({function: name, input: Buffer.from(input), door: 'api', asynchronous: true}) as const;
