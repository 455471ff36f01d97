import {fail} from '#actors/failure.ts';
import type {Job} from './executorJob.ts';
import type {Culprit} from './executorMachine.ts';

// So many looks, ten a second, after it was told to, an executor must have ended what it should stop: it takes a
// second to find that it can't, and a cancel waits two for its word. Looks, not time: it may be us who slept.
const mostLooks = 15;

type Stop = {readonly list: number; readonly job: Job; readonly index: number; looks: number};

/** What an executor was told to stop. */
export type Stops = {
	add(list: number, job: Job, index: number): void;
	/** Called at each look. Who was to be stopped and is still inside makes the executor of no use. */
	overdue(): Culprit | undefined;
};

export function createStops(): Stops {
	let open: Stop[] = [];
	return {
		add(list, job, index) {
			open.push({list, job, index, looks: 0});
		},
		overdue() {
			open = open.filter(({job, index}) => !job.isOver(index));
			for (const stop of open) stop.looks += 1;
			const late = open.find(({looks}) => looks > mostLooks);
			return late && {list: late.list, who: late.index, failure: fail('CANCELLED')};
		},
	};
}
