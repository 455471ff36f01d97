import {leastRssMb} from '#actors/executorBounds.ts';
import {type Failure, fail} from '#actors/failure.ts';
import type {Build} from '#contract/build.ts';
import type {Ambient} from '#observe/observe.ts';
import {blame, type Death} from './executorBlame.ts';
import type {ExecutorChild} from './executorChild.ts';
import {Job} from './executorJob.ts';
import type {ExecutorsOptions} from './executorOptions.ts';
import {ExecutorPlaces} from './executorPlaces.ts';
import type {ExecutorReport, Executors, RunItem, RunListener, RunOutcome} from './executors.ts';

/**
 * Runs lists in executor processes of its own. Beyond what the port says: `start` rejects when
 * executors can't be started at all, saying what they complained of; `close` tells nobody of what it kills.
 */
export function createExecutors(ambient: Ambient, options: ExecutorsOptions): Executors {
	for (const [name, value] of Object.entries(options)) {
		if (typeof value === 'number' && !(Number.isInteger(value) && value > 0)) {
			throw new TypeError(`Expected \`${name}\` to be a positive integer, got \`${String(value)}\``);
		}
	}
	const {memoryBudgetMb, hardRssMb} = options;
	const leastMb = leastRssMb(memoryBudgetMb);
	if (hardRssMb < leastMb) {
		const sum = `\`memoryBudgetMb\` and ${leastMb - memoryBudgetMb}`;
		throw new TypeError(`Expected \`hardRssMb\` to be at least ${leastMb} (${sum}), got \`${hardRssMb}\``);
	}
	return new ExecutorCrew(ambient, options);
}

/** What is known of an attempt whose executor died: where it ran, and for how long. */
const usageOfLost = (executor: string, runMs: number): RunOutcome['usage'] => ({
	executor,
	cold: false,
	initMs: 0,
	runMs,
	cpuMs: 0,
	heapBytes: 0,
	hostCalls: null,
});

class ExecutorCrew implements Executors {
	readonly slots: number;
	readonly #ambient: Ambient;
	readonly #places: ExecutorPlaces;
	// In the order in which they came; what an executor's death gave back goes first.
	#waiting: Job[] = [];
	#checks: Job[] = [];
	// What was stopped while it was inside: if its executor dies of something else, it is not run again.
	readonly #stopped = new WeakSet<RunItem>();
	#open = 0;
	#drained: (() => void)[] = [];
	#closed = false;

	constructor(ambient: Ambient, options: ExecutorsOptions) {
		this.#ambient = ambient;
		this.slots = options.executors * options.slotsEach;
		this.#places = new ExecutorPlaces(ambient, options, {
			room: () => this.#place(),
			lost: (child, death) => this.#lost(child, death),
		});
	}

	get free(): number {
		return Math.max(0, this.slots - this.#places.busy - this.#waiting.length);
	}

	start(): Promise<void> {
		return this.#places.start();
	}

	run(build: Build, items: readonly RunItem[], listener: RunListener): void {
		if (items.length > 0) this.#accept(new Job(build, items, this.#counted(listener)));
	}

	check(build: Build): Promise<Failure | undefined> {
		return new Promise(resolve => {
			const item: RunItem = {task: '', attempt: 0, input: Buffer.alloc(0), wallMs: null, deadline: null};
			const listener: RunListener = {started() {}, settled: (_, {failure}) => resolve(failure)};
			this.#accept(new Job(build, [item], this.#counted(listener), {check: true}));
		});
	}

	stop(task: string, attempt: number): boolean {
		// Of two copies one may wait while the other runs.
		const waited = this.#stopWaiting(task, attempt);
		return this.#stopRunning(task, attempt) || waited;
	}

	report(): ExecutorReport {
		const warm: Record<string, number> = {};
		let rssBytes = 0;
		for (const child of this.#places.children) {
			rssBytes += child.rssBytes;
			for (const [name, count] of Object.entries(child.warm)) warm[name] = (warm[name] ?? 0) + count;
		}
		const {ready: executors, restarts, missingWalls} = this.#places;
		return {executors, restarts, rssBytes, warm, ...(missingWalls && {missingWalls})};
	}

	drain(): Promise<void> {
		if (this.#open === 0) return Promise.resolve();
		return new Promise(resolve => this.#drained.push(resolve));
	}

	close(): Promise<void> {
		this.#closed = true;
		this.#waiting = [];
		this.#checks = [];
		return this.#places.close();
	}

	#accept(job: Job): void {
		if (this.#closed) throw new Error('Expected executors that are not closed');
		this.#open += job.items.length;
		this.#lineOf(job).push(job);
		this.#place();
	}

	/**
	 * Gives what waits to who has room. Listeners are told on the way and may hand over more, which
	 * leads here again: so a job leaves the queue before anybody is told of it.
	 */
	#place(): void {
		for (const line of [this.#checks, this.#waiting]) {
			for (let next = line.shift(); next; next = line.shift()) {
				const job = this.#fresh(next);
				if (job.over) continue;
				const child = this.#places.roomFor(job);
				if (!child) {
					line.unshift(job);
					break;
				}
				child.assign(job);
			}
		}
	}

	/** A check has a place of its own, so it stands behind no task. */
	#lineOf({check}: Job): Job[] {
		return check ? this.#checks : this.#waiting;
	}

	/** A job without what ended while it waited: by `stop`, or because its time is over. */
	#fresh(job: Job): Job {
		const now = this.#ambient.clock.now();
		for (const [index, {deadline}] of job.items.entries()) {
			if (deadline === null || deadline > now) continue;
			job.settle(index, {failure: fail('DEADLINE_EXCEEDED'), usage: null});
		}
		if (job.over || job.open.length === job.items.length) return job;
		return job.again(job.open, job.suspect);
	}

	/** R25: who was inside a dead executor is charged only if he was alone. */
	#lost({name, jobs}: ExecutorChild, death: Death): void {
		const now = this.#ambient.clock.now();
		const stopped = this.#stoppedIn([...jobs.values()], name, now);
		const {charged, suspects, bystanders} = blame(jobs, death);
		for (const [at, {job, index, failure}] of charged.entries()) {
			const usage = usageOfLost(name, job.runMs(index, now));
			job.settle(index, {failure, usage, ...(at === 0 && {deaths: 1})});
		}
		for (const job of [...suspects, ...bystanders]) endStopped(job, stopped);
		const released = this.#places.quarantine(suspects.filter(isOpen));
		const again = [...bystanders.filter(isOpen), ...released];
		for (const job of again.toReversed()) this.#lineOf(job).unshift(job);
		this.#place();
	}

	/** What was told to stop in an executor that has died, and how it had been used there. */
	#stoppedIn(jobs: readonly Job[], executor: string, now: number): Stopped {
		const stopped: Stopped = new Map();
		for (const job of jobs) {
			for (const index of job.open) {
				const item = job.items[index];
				if (item && this.#stopped.has(item)) stopped.set(item, usageOfLost(executor, job.runMs(index, now)));
			}
		}
		return stopped;
	}

	#stopWaiting(task: string, attempt: number): boolean {
		const jobs = [...this.#waiting, ...this.#places.suspects].filter(job => job.indexOf(task, attempt) >= 0);
		for (const job of jobs) {
			job.settle(job.indexOf(task, attempt), {failure: fail('CANCELLED'), usage: null});
		}
		return jobs.length > 0;
	}

	#stopRunning(task: string, attempt: number): boolean {
		let found = false;
		for (const child of this.#places.children) {
			for (const job of child.jobs.values()) {
				const index = job.indexOf(task, attempt);
				const item = job.items[index];
				if (!item) continue;
				this.#stopped.add(item);
				child.stop(job, index);
				found = true;
			}
		}
		return found;
	}

	/** The same listener, and we know how many attempts are still open. */
	#counted(listener: RunListener): RunListener {
		return {
			started: item => this.#tell(() => listener.started(item)),
			settled: (item, outcome) => {
				this.#tell(() => listener.settled(item, outcome));
				this.#open -= 1;
				if (this.#open > 0) return;
				for (const resolve of this.#drained.splice(0)) resolve();
			},
		};
	}

	/** A listener that throws is a fault of ours; it must not look like one of the executor. */
	#tell(call: () => void): void {
		try {
			call();
		} catch (error) {
			this.#ambient.log.error({error}, 'listener of an attempt threw');
		}
	}
}

type Stopped = Map<RunItem, RunOutcome['usage']>;

const isOpen = (job: Job): boolean => !job.over;

function endStopped(job: Job, stopped: Stopped): void {
	for (const index of job.open) {
		const item = job.items[index];
		const usage = item && stopped.get(item);
		if (usage) job.settle(index, {failure: fail('CANCELLED'), usage});
	}
}
