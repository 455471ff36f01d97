// How a list of calls enters an isolate: as one call of guest/run.ts.
import type {Call, Lines} from './engine.ts';

/** isolated-vm's `timeout` is the second net behind the ticker, so it is a little more than the limits allow. */
const graceMs = 1000;
const longestTimeout = 2 ** 31 - 1;

export type EntryArguments = (string | number | null)[];

export function argumentsOf(calls: readonly Call[]): EntryArguments {
	const flat: EntryArguments = [calls.length];
	for (const {task, attempt, deadline, input} of calls)
		flat.push(task, attempt, deadline, input.toString('utf8'));
	return flat;
}

/** For `lines` of guest/run.ts. */
export const linesOf = ({call: {task, attempt, deadline}, text, first, count}: Lines): EntryArguments => [
	count,
	first,
	task,
	attempt,
	deadline,
	text,
];

export function timeoutOf(calls: readonly Call[]): number {
	let sum = graceMs;
	for (const {wallMs, cpuMs} of calls) sum += Math.min(wallMs, cpuMs);
	return Math.min(Math.ceil(sum), longestTimeout);
}
