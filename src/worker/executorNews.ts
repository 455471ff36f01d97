import {type Failure, fail} from '#actors/failure.ts';
import type {ExecutorSettled} from '#contract/executor.ts';
import type {Job} from './executorJob.ts';
import {limitOf} from './executorOrder.ts';
import type {RunItem, RunOutcome} from './executors.ts';

type Told = NonNullable<ExecutorSettled['failure']>;

const mostResultBytes = 8 * 1024 * 1024;
const mostLogBytes = 1024 * 1024;

/** An outcome out of what an executor sent; undefined if none of ours would send it. */
export function outcomeOf(
	executor: string,
	job: Job,
	item: RunItem,
	settled: ExecutorSettled,
	bodies: {readonly result: Buffer | undefined; readonly logs: Buffer | undefined},
): RunOutcome | undefined {
	const {failure, cold, initMs, runMs, cpuMs, heapBytes, hostCalls} = settled;
	const {result, logs} = bodies;
	if (!job.check && (failure === null) !== (result !== undefined)) return undefined;
	if ((result?.length ?? 0) > mostResultBytes || (logs?.length ?? 0) > mostLogBytes) return undefined;
	return {
		...(result ? {result} : {}),
		...(failure ? {failure: judge(failure, job, item)} : {}),
		...(logs ? {logs} : {}),
		usage: {executor, cold, initMs, runMs, cpuMs, heapBytes, hostCalls},
	};
}

/**
 * What a code means is ours to say, not the executor's; and whose limit of time was passed is known by when the
 * item was sent, not by a clock that is read after its end.
 */
export function judge(told: Told, job: Job, item: RunItem): Failure {
	const {code, message, retryable: _, ...more} = told;
	const passed = code === 'TIMEOUT' ? limitOf(item, job.build.policy, job.sentAt).code : code;
	return passed === code ? fail(code, message, more) : fail(passed);
}
