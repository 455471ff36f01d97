import {type Failure, fail} from '#actors/failure.ts';
import type {ExecutorNews, ExecutorSettled} from '#contract/executor.ts';
import type {Job} from './executorJob.ts';
import type {Culprit} from './executorMachine.ts';
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

/**
 * What an executor says of a culprit counts only if that is one of its own lists, or if others were there before.
 * @param ran how many attempts it has run
 */
export function culpritOf(
	{list, who, failure}: Extract<ExecutorNews, {type: 'stuck'}>,
	jobs: ReadonlyMap<number, Job>,
	ran: number,
): Culprit | null {
	if (who === 'nobody') return ran > 0 ? {list, who, failure} : null;
	const job = jobs.get(list);
	if (!job) return null;
	if (who === 'version') return {list, who, failure};
	const item = job.items[who];
	return item && !job.isOver(who) ? {list, who, failure: judge(failure, job, item)} : null;
}
