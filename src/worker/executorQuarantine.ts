import type {Clock} from '#lib/clock.ts';
import {createBackoff} from './executorBackoff.ts';
import type {ExecutorChild} from './executorChild.ts';
import {Job} from './executorJob.ts';

type Cell = Pick<ExecutorChild, 'state' | 'jobs' | 'assign' | 'retire'>;

export type QuarantineOptions<C extends Cell> = {
	/** undefined: executors can't be started now. */
	readonly spawn: () => C | undefined;
	/** A process is kept ready for suspects to come. */
	readonly spare: boolean;
	/** Nobody waits for an executor of the pool, so that a spare may take the machine's time to start. */
	readonly calm: () => boolean;
	/** It must not run another suspect, who would pay for the memory that earlier ones left. */
	readonly isOld: (cell: C) => boolean;
};

export type Quarantine<C extends Cell> = {
	add(suspects: readonly Job[]): void;
	/** Gives up those that wait here though the culprit is found; they are to be run like any other. */
	release(): Job[];
	/** An executor is ready, or has ended a job: go on. */
	next(): void;
	/** One of its processes is gone. True: it was not told to go. */
	ended(cell: C): boolean;
	/** All its processes: the one for suspects, and those that were told to go. */
	readonly cells: readonly C[];
	readonly waiting: readonly Job[];
	clear(): void;
};

/**
 * Runs suspects one at a time in an executor of their own (R25), so that one who takes it down again
 * takes nobody with him; the others wait no longer then. What ran suspects goes when they are done; a
 * spare that has run nothing takes its place.
 */
export function createQuarantine<C extends Cell>(clock: Clock, options: QuarantineOptions<C>): Quarantine<C> {
	const {spawn, spare, calm, isOld} = options;
	const waiting: Job[] = [];
	const leaving = new Set<C>();
	const backoff = createBackoff();
	let cell: C | undefined;
	// The cell was given a suspect.
	let used = false;
	// Cells died before they were of use: the next is not started before its time.
	let resting = false;

	function next(): void {
		while (waiting[0]?.over) waiting.shift();
		if (cell && isSpent(cell)) dismiss(cell);
		if (!cell && !resting && (waiting.length > 0 || (spare && calm()))) cell = spawn();
		if (cell?.state !== 'ready' || cell.jobs.size > 0) return;
		const job = waiting.shift();
		if (!job) return;
		used = true;
		backoff.worked();
		cell.assign(job);
	}

	function isSpent(one: C): boolean {
		if (one.jobs.size > 0) return false;
		return waiting.length > 0 ? used && isOld(one) : used || !spare;
	}

	function dismiss(one: C): void {
		leaving.add(one);
		cell = undefined;
		used = false;
		one.retire();
	}

	/** Nobody is to blame for a cell that died before it was used; it may do so again at once. */
	function rest(): void {
		backoff.failed();
		if (backoff.delayMs === 0) return;
		resting = true;
		clock.after(backoff.delayMs, () => {
			resting = false;
			next();
		});
	}

	return {
		add(suspects) {
			waiting.push(...suspects);
			next();
		},
		next,
		release() {
			const [cleared, left] = [waiting.filter(job => job.isCleared), waiting.filter(job => !job.isCleared)];
			waiting.splice(0, waiting.length, ...left);
			return Job.released(cleared.filter(job => !job.over));
		},
		ended(one) {
			leaving.delete(one);
			if (one !== cell) return false;
			cell = undefined;
			if (!used) rest();
			used = false;
			return true;
		},
		get cells() {
			return cell ? [cell, ...leaving] : [...leaving];
		},
		waiting,
		clear() {
			waiting.length = 0;
		},
	};
}
