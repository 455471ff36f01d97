// Executors without processes: the test holds every attempt and says when and how it ends.
import {type Failure, type FailureCode, fail} from '#actors/failure.ts';
import type {Build} from '#contract/build.ts';
import type {Executors, RunItem, RunListener, RunOutcome} from '#worker/executors.ts';
import {type Arrivals, arrivals} from '../harness/arrivals.ts';

/** An attempt inside a sandbox. */
export type Run = {
	readonly task: string;
	readonly attempt: number;
	readonly build: Build;
	/** The input, read. */
	readonly input: unknown;
	readonly item: RunItem;
	/** It has ended, by the test or by `stop`. */
	readonly over: boolean;
	succeed(result?: unknown): void;
	fail(failure: FailureCode | Failure): void;
	toString(): string;
};

export type Scripted = Executors & {
	/** Every attempt that went inside, as it does. */
	readonly runs: Arrivals<Run>;
	/** How many are inside now, and the most there ever were. */
	readonly inside: number;
	readonly most: number;
	/** The inputs of each list that was handed over. */
	readonly lists: readonly unknown[][];
};

export const usage = {
	executor: 'e1',
	cold: false,
	initMs: 0,
	runMs: 1,
	cpuMs: 1,
	heapBytes: 1024,
	hostCalls: 2,
};

/**
 * @param act what happens to each attempt as it begins; without it the test ends them by hand
 * @param used what each attempt is said to have used
 */
export function scripted(
	slots = 4,
	act: (run: Run) => void = () => {},
	used: NonNullable<RunOutcome['usage']> = usage,
): Scripted {
	const runs = arrivals<Run>('the attempts');
	const open = new Map<RunItem, (outcome: RunOutcome) => void>();
	let inside = 0;
	let most = 0;
	let lists = 0;
	const given: unknown[][] = [];

	const begin = (build: Build, item: RunItem, listener: RunListener, then: () => void) => {
		let over = false;
		const settle = (outcome: RunOutcome) => {
			if (over) return;
			over = true;
			inside--;
			open.delete(item);
			listener.settled(item, outcome);
			then();
		};
		open.set(item, settle);
		most = Math.max(most, ++inside);
		const {task, attempt} = item;
		const run: Run = {
			...{task, attempt, build, item, input: JSON.parse(item.input.toString()) as unknown},
			get over() {
				return over;
			},
			succeed: (result = null) => settle({result: Buffer.from(JSON.stringify(result)), usage: used}),
			fail: failure => settle({failure: typeof failure === 'string' ? fail(failure) : failure, usage: used}),
			toString: () => `${task}#${attempt}`,
		};
		listener.started(item);
		runs.push(run);
		act(run);
	};
	const walk = (build: Build, items: readonly RunItem[], listener: RunListener, at: number): void => {
		const item = items[at];
		if (item) begin(build, item, listener, () => walk(build, items, listener, at + 1));
		else lists--;
	};
	return {
		...{slots, runs, lists: given},
		start: async () => {},
		run(build, items, listener) {
			lists++;
			given.push(items.map(({input}) => JSON.parse(input.toString()) as unknown));
			walk(build, items, listener, 0);
		},
		stop(task, attempt) {
			const copies = [...open].filter(([item]) => item.task === task && item.attempt === attempt);
			for (const [, settle] of copies) settle({failure: fail('CANCELLED'), usage: used});
			return copies.length > 0;
		},
		check: async () => undefined,
		get free() {
			return slots - lists;
		},
		get inside() {
			return inside;
		},
		get most() {
			return most;
		},
		report: () => ({executors: 1, restarts: 0, rssBytes: 0, warm: {}}),
		drain: async () => {},
		close: async () => {},
	};
}
