import type {ExecutorChild} from './executorChild.ts';
import type {Job} from './executorJob.ts';

export type Quarantine = {
	add(suspects: readonly Job[]): void;
	/** Its executor is ready, or has ended a job, or is gone: go on. */
	next(): void;
	owns(child: ExecutorChild): boolean;
	readonly child: ExecutorChild | undefined;
	readonly waiting: readonly Job[];
	clear(): void;
};

/**
 * Runs suspects one at a time in an executor of their own (R25), so that one who takes it down again
 * takes nobody with him. The executor is started for them and goes when they are done.
 */
export function createQuarantine(spawn: () => ExecutorChild | undefined): Quarantine {
	const waiting: Job[] = [];
	let child: ExecutorChild | undefined;

	function next(): void {
		while (waiting[0]?.over) waiting.shift();
		if (child?.state === 'dead') child = undefined;
		if (waiting.length === 0) {
			if (child?.jobs.size === 0) child.retire();
			return;
		}
		if (!child || child.state === 'retiring') child = spawn();
		if (child?.state !== 'ready' || child.jobs.size > 0) return;
		const job = waiting.shift();
		if (job) child.assign(job);
	}

	return {
		add(suspects) {
			waiting.push(...suspects);
			next();
		},
		next,
		owns: other => other === child,
		get child() {
			return child;
		},
		waiting,
		clear() {
			waiting.length = 0;
		},
	};
}
