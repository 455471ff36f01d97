import type {Build} from '#contract/build.ts';
import type {ExecutorItem} from '#contract/executor.ts';
import {orderOf} from './executorOrder.ts';
import type {Suspicion} from './executorSuspicion.ts';
import type {RunItem, RunListener, RunOutcome} from './executors.ts';

/**
 * A list on its way through the executors, or what is left of one. Its items end in any way but
 * exactly once: who asks `settle` a second time is not heard.
 */
export class Job {
	readonly build: Build;
	readonly items: readonly RunItem[];
	/** Its sandbox is made to see whether that works; nothing is called. */
	readonly check: boolean;
	/** It may have taken an executor down: it runs alone (R25). */
	readonly suspect: boolean;
	readonly #suspicion: Suspicion | undefined;
	/** It was a suspect, until somebody else was found guilty. */
	readonly #released: boolean;
	#sentAt = 0;
	readonly #listener: RunListener;
	readonly #over: boolean[];
	/** Executors that died before they said that they had read it, or that anybody of it had begun. */
	readonly #missed: number;
	#taken = false;
	#left: number;
	// The item that began last, and when.
	#inside = -1;
	#insideSince = 0;

	constructor(build: Build, items: readonly RunItem[], listener: RunListener, kind: JobKind = {}) {
		this.build = build;
		this.items = items;
		this.check = kind.check ?? false;
		this.suspect = kind.suspect ?? false;
		this.#suspicion = kind.suspicion;
		this.#released = kind.released ?? false;
		this.#missed = kind.missed ?? 0;
		this.#listener = listener;
		this.#over = items.map(() => false);
		this.#left = items.length;
	}

	get over(): boolean {
		return this.#left === 0;
	}

	isOver(index: number): boolean {
		return this.#over[index] !== false;
	}

	/** The items that have not ended. */
	get open(): number[] {
		return this.items.flatMap((_, index) => (this.#over[index] ? [] : [index]));
	}

	indexOf(task: string, attempt: number): number {
		return this.items.findIndex((item, index) => {
			return item.task === task && item.attempt === attempt && !this.#over[index];
		});
	}

	/** When it was sent to its executor, ms since the epoch: from then on its limits of time count. */
	get sentAt(): number {
		return this.#sentAt;
	}

	/** Its items as its executor is told of them `at` this moment (ms since the epoch). */
	send(at: number): ExecutorItem[] {
		this.#sentAt = at;
		return this.items.map(item => orderOf(item, this.build.policy, at));
	}

	/** Its executor has read it: its first item is inside since `now` (ms since the epoch). */
	take(now: number): void {
		if (this.#taken) return;
		this.#taken = true;
		this.#start(this.#over.indexOf(false), now);
	}

	/**
	 * Somebody of it may be inside its executor: that has read it, or one after the other died before it began,
	 * which is no accident any more.
	 */
	get inside(): boolean {
		return this.#taken || this.#missed >= mostMissed;
	}

	/** For how long an item has been inside, ms; 0 if it has not begun. */
	runMs(index: number, now: number): number {
		return index === this.#inside ? Math.max(0, now - this.#insideSince) : 0;
	}

	settle(index: number, outcome: RunOutcome): void {
		const item = this.items[index];
		if (!item || this.isOver(index)) return;
		this.#over[index] = true;
		this.#left -= 1;
		const {deaths: own = 0} = outcome;
		const deaths = own + (this.#suspicion?.ended(this.build.digest, own > 0) ?? 0);
		this.#listener.settled(item, deaths > 0 ? {...outcome, deaths} : outcome);
	}

	/** An item ended inside an executor, so the next one has begun. */
	advance(index: number, outcome: RunOutcome, now: number): void {
		this.take(now);
		this.settle(index, outcome);
		if (!this.over) this.#start(this.#over.indexOf(false, index), now);
	}

	/** What is left of it, of which nobody had begun when its executor died. */
	missed(suspicion?: Suspicion): Job {
		const {build, check, suspect} = this;
		const items = this.open.flatMap(index => this.items[index] ?? []);
		const known = this.#suspicion ?? suspicion;
		return new Job(build, items, this.#listener, {
			...{check, suspect, released: this.#released, missed: this.#missed + 1},
			...(known && {suspicion: known}),
		});
	}

	/** The same items, or one of them, as a job of its own: what is told of it goes to the same listener. */
	again(indexes: readonly number[], suspect: boolean, suspicion = this.#suspicion): Job {
		const items = indexes.flatMap(index => this.items[index] ?? []);
		return new Job(this.build, items, this.#listener, {
			...{check: this.check, suspect, released: this.#released},
			...(suspicion && {suspicion}),
		});
	}

	/**
	 * Somebody else was found guilty of what it is suspected of. That clears nobody twice of one version: a whole
	 * list that is guilty takes one executor more down with its neighbours, and not one for each of it.
	 */
	get isCleared(): boolean {
		const guilty = this.#suspicion?.guilty;
		return guilty !== undefined && !(this.#released && guilty === this.build.digest);
	}

	/** Suspects as jobs like any other: those that came in one list are one again. */
	static released(suspects: readonly Job[]): Job[] {
		return [...Map.groupBy(suspects, job => job.#listener)].flatMap(([listener, [first, ...others]]) => {
			if (!first) return [];
			const items = [first, ...others].flatMap(job => job.items.filter((_, index) => !job.isOver(index)));
			return [new Job(first.build, items, listener, {check: first.check, released: true})];
		});
	}

	#start(index: number, now: number): void {
		const item = this.items[index];
		if (!item) return;
		this.#inside = index;
		this.#insideSince = now;
		this.#listener.started(item);
	}
}

type JobKind = {
	readonly check?: boolean;
	readonly suspect?: boolean;
	readonly suspicion?: Suspicion;
	readonly released?: boolean;
	readonly missed?: number;
};

/** A list that executors die of while they read it is rare; one that comes to a dead one by chance is too. */
const mostMissed = 2;
