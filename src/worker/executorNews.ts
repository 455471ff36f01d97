import {fail} from '#actors/failure.ts';
import type {ExecutorSettled} from '#contract/executor.ts';
import type {Job} from './executorJob.ts';
import type {RunItem, RunOutcome} from './executors.ts';

const mostResultBytes = 8 * 1024 * 1024;
const mostLogBytes = 1024 * 1024;

/** An outcome out of what an executor sent; undefined if none of ours would send it. */
export function outcomeOf(
	executor: string,
	job: Job,
	item: RunItem,
	settled: ExecutorSettled,
	bodies: {readonly result: Buffer | undefined; readonly logs: Buffer | undefined},
	now: number,
): RunOutcome | undefined {
	const {failure, cold, initMs, runMs, cpuMs, heapBytes} = settled;
	const {result, logs} = bodies;
	if (!job.check && (failure === null) !== (result !== undefined)) return undefined;
	if ((result?.length ?? 0) > mostResultBytes || (logs?.length ?? 0) > mostLogBytes) return undefined;
	return {
		...(result ? {result} : {}),
		...(failure ? {failure: judge(failure, item, now)} : {}),
		...(logs ? {logs} : {}),
		usage: {executor, cold, initMs, runMs, cpuMs, heapBytes},
	};
}

/** What a code means is ours to say, not the executor's; and a wall limit set by the deadline is the deadline. */
function judge(told: NonNullable<ExecutorSettled['failure']>, {deadline}: RunItem, now: number) {
	const {code, message, retryable: _, ...more} = told;
	if (code === 'TIMEOUT' && deadline !== null && now >= deadline) return fail('DEADLINE_EXCEEDED');
	return fail(code, message, more);
}
