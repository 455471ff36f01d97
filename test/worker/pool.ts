import type {ExecutionContext} from 'ava';
import type {Build} from '#contract/build.ts';
import {createExecutors} from '#worker/executorCrew.ts';
import type {ExecutorsOptions} from '#worker/executorOptions.ts';
import type {Executors, RunItem, RunOutcome} from '#worker/executors.ts';
import {buildOf} from '../engine/world.ts';
import {type TestAmbient, testAmbient} from '../harness/ambient.ts';

/** Executors that are ready, and gone when the test is. */
export async function pool(
	t: ExecutionContext,
	options: Partial<ExecutorsOptions> = {},
	ambient: TestAmbient = testAmbient(),
): Promise<Executors> {
	const executors = make(options, ambient);
	t.teardown(() => executors.close());
	await executors.start();
	return executors;
}

/** The same for a whole file, which closes them. */
export async function open(): Promise<Executors> {
	const executors = make({}, testAmbient());
	await executors.start();
	return executors;
}

const make = (options: Partial<ExecutorsOptions>, ambient: TestAmbient): Executors =>
	createExecutors(ambient, {executors: 1, slotsEach: 4, memoryBudgetMb: 128, hardRssMb: 700, ...options});

/** A version that takes as many ms as its input says, without using the CPU. */
export const nap = () => buildOf('export default ms => new Promise(resolve => setTimeout(resolve, ms, ms));');

/** A version that is inside until a moment, ms since the epoch, and where that is over ends at once. */
export const alarm = () =>
	buildOf('export default at => new Promise(resolve => setTimeout(resolve, at - Date.now(), at));');

/** Late enough for whatever a test does to an executor meanwhile, also on a busy machine. */
export const soon = () => Date.now() + 6000;

/** Limits that no test waits for. */
export const patient = {policy: {wallMs: 600_000, cpuMs: 600_000}};

let tasks = 0;

export function itemOf(input: unknown, more: Partial<RunItem> = {}): RunItem {
	tasks += 1;
	const text = Buffer.from(JSON.stringify(input));
	return {task: `task-${tasks}`, attempt: 1, input: text, wallMs: null, deadline: null, ...more};
}

/** Runs a list until all of it is settled; outcomes in the order of the items. */
export function outcomesOf(
	executors: Executors,
	build: Build,
	items: readonly RunItem[],
): Promise<RunOutcome[]> {
	return observe(executors, build, items).settled;
}

export type Watched = {
	readonly settled: Promise<RunOutcome[]>;
	/** Resolves when an item begins. */
	began(item: RunItem): Promise<void>;
	/** Items that began, in order; an item that is run again is there again. */
	readonly starts: readonly RunItem[];
};

/** Runs a list and tells what becomes of it. An item settled twice is an error. */
export function observe(executors: Executors, build: Build, items: readonly RunItem[]): Watched {
	const outcomes = new Map<RunItem, RunOutcome>();
	const starts: RunItem[] = [];
	const beginnings = new Map(items.map(item => [item, Promise.withResolvers<void>()]));
	const settled = new Promise<RunOutcome[]>((resolve, reject) => {
		executors.run(build, items, {
			started(item) {
				starts.push(item);
				beginnings.get(item)?.resolve();
			},
			settled(item, outcome) {
				if (outcomes.has(item)) reject(new Error(`Expected ${item.task} to be settled once`));
				outcomes.set(item, outcome);
				if (outcomes.size === items.length) resolve(items.map(one => outcomes.get(one) as RunOutcome));
			},
		});
	});
	return {settled, starts, began: item => beginnings.get(item)?.promise ?? Promise.resolve()};
}
