import type {ExecutorChild} from './executorChild.ts';
import type {Job} from './executorJob.ts';

type Place = Pick<ExecutorChild, 'state' | 'knows' | 'jobs'>;

/**
 * Where a list of a version goes: to the first executor that had this version before, so that a warm
 * sandbox is likely and short work fills one executor before it wakes the next (measured: splitting it
 * costs more than half of the throughput); else to the one with the least to do. A check has a place of
 * its own beside them, or a deploy would wait for tasks that run for minutes. undefined: there is no room.
 */
export function route<P extends Place>(
	children: readonly P[],
	slotsEach: number,
	{build: {digest}, check}: Pick<Job, 'build' | 'check'>,
): P | undefined {
	let best: P | undefined;
	for (const child of children) {
		if (child.state !== 'ready' || alike(child, check) >= (check ? 1 : slotsEach)) continue;
		if (child.knows(digest)) return child;
		if (!best || child.jobs.size < best.jobs.size) best = child;
	}
	return best;
}

function alike({jobs}: Place, check: boolean): number {
	let count = 0;
	for (const job of jobs.values()) if (job.check === check) count++;
	return count;
}
