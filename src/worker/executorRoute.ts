import type {ExecutorChild} from './executorChild.ts';

type Place = Pick<ExecutorChild, 'state' | 'knows' | 'jobs'>;

/**
 * Where a list of a version goes: to the first executor that had this version before, so that a warm
 * sandbox is likely and short work fills one executor before it wakes the next (measured: splitting it
 * costs more than half of the throughput); else to the one with the least to do. undefined: there is
 * no room.
 */
export function route<P extends Place>(
	children: readonly P[],
	slotsEach: number,
	digest: string,
): P | undefined {
	let best: P | undefined;
	for (const child of children) {
		if (child.state !== 'ready' || child.jobs.size >= slotsEach) continue;
		if (child.knows(digest)) return child;
		if (!best || child.jobs.size < best.jobs.size) best = child;
	}
	return best;
}
