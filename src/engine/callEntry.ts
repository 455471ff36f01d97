// How a list of calls enters an isolate: as one call of guest/run.ts.
import type {Call} from './engine.ts';

/** isolated-vm's `timeout` is the second net behind the ticker, so it is a little more than the limits allow. */
const graceMs = 1000;
const longestTimeout = 2 ** 31 - 1;

export function argumentsOf(calls: readonly Call[]): (string | number | null)[] {
	const flat: (string | number | null)[] = [calls.length];
	for (const {task, attempt, deadline, input} of calls)
		flat.push(task, attempt, deadline, input.toString('utf8'));
	return flat;
}

export function timeoutOf(calls: readonly Call[]): number {
	let sum = graceMs;
	for (const {wallMs, cpuMs} of calls) sum += Math.min(wallMs, cpuMs);
	return Math.min(Math.ceil(sum), longestTimeout);
}
