import type {Ambient} from '#observe/observe.ts';
import type {Death} from './executorBlame.ts';
import {ExecutorChild, tickMs} from './executorChild.ts';
import type {Job} from './executorJob.ts';
import {createQuarantine} from './executorQuarantine.ts';
import {route} from './executorRoute.ts';
import {raiseWalls, type Walls, type WallsOptions} from './executorWalls.ts';

export type PlacesOptions = Partial<WallsOptions> & {
	/** How many processes, beside one for suspects that is started when there are any. */
	readonly executors: number;
	/** How many lists run at once in each. */
	readonly slotsEach: number;
	/** What the warm sandboxes of one executor may hold together. */
	readonly memoryBudgetMb: number;
	/** An executor over this is killed. */
	readonly hardRssMb: number;
	readonly nodeFlags?: readonly string[];
	/** An executor that ran so many attempts is replaced: V8 keeps the memory that it once had. */
	readonly recycleAfter?: number;
};

export type PlacesEvents = {
	/** Somebody has room for another list. */
	room(): void;
	/** An executor is gone. */
	lost(child: ExecutorChild, death: Death): void;
};

const megabyte = 1024 * 1024;
const manyRuns = 500_000;
/** Of the hard limit: over this an executor is replaced before it has to be killed. */
const highWater = 0.75;
/** Not sooner, or a limit close to what an empty executor needs would replace them all the time. */
const leastRuns = 100;
const firstBackoffMs = 100;
const longestBackoffMs = 5000;
/** So many starts in a row that failed, and `start` says so instead of trying for ever. */
const mostFailedStarts = 5;

/** The executors of a pool: each at its place, replaced when it dies or has grown old. */
export class ExecutorPlaces {
	readonly #ambient: Ambient;
	readonly #options: PlacesOptions;
	readonly #events: PlacesEvents;
	// Those that take lists, each at its place; and those that were replaced and finish what they have.
	readonly #places: (ExecutorChild | undefined)[];
	readonly #leaving = new Set<ExecutorChild>();
	readonly #quarantine = createQuarantine(() => this.#spawnSuspects());
	readonly #started = Promise.withResolvers<void>();
	readonly #gone = Promise.withResolvers<void>();
	#spawned = 0;
	#restarts = 0;
	#failedStarts = 0;
	#opened = false;
	#walls: Walls | undefined;
	#untick: (() => void) | undefined;
	#closed = false;

	constructor(ambient: Ambient, options: PlacesOptions, events: PlacesEvents) {
		this.#ambient = ambient;
		this.#options = options;
		this.#events = events;
		this.#places = Array.from({length: options.executors}, () => undefined);
		// Whoever does not wait for `start` must not be killed by its failure.
		this.#started.promise.catch(() => {});
	}

	get restarts(): number {
		return this.#restarts;
	}

	get ready(): number {
		return this.#places.filter(child => child?.state === 'ready').length;
	}

	get missingWalls(): string[] | undefined {
		return this.#walls && Object.keys(this.#walls.missing);
	}

	/** Slots in use; suspects take none. */
	get busy(): number {
		return this.#places.reduce((sum, child) => sum + (child?.jobs.size ?? 0), 0);
	}

	get children(): ExecutorChild[] {
		const all = [...this.#places, ...this.#leaving, this.#quarantine.child];
		return all.filter(child => child !== undefined);
	}

	get suspects(): readonly Job[] {
		return this.#quarantine.waiting;
	}

	start(): Promise<void> {
		if (!this.#opened) void this.#open();
		return this.#started.promise;
	}

	/** Who can run a list of a version now. */
	roomFor(digest: string): ExecutorChild | undefined {
		const takers = this.#places.filter(child => child !== undefined);
		return route(takers, this.#options.slotsEach, digest);
	}

	quarantine(suspects: readonly Job[]): void {
		if (suspects.length > 0) this.#quarantine.add(suspects);
	}

	/** Kills all; resolves when they are gone. */
	close(): Promise<void> {
		if (this.#closed) return this.#gone.promise;
		this.#closed = true;
		this.#untick?.();
		this.#quarantine.clear();
		this.#started.reject(new Error('The executors were closed before they were ready'));
		for (const child of this.children) child.kill('closed');
		if (this.children.length === 0) this.#gone.resolve();
		return this.#gone.promise;
	}

	async #open(): Promise<void> {
		this.#opened = true;
		try {
			this.#walls = await raiseWalls(this.#ambient, this.#options);
		} catch (error) {
			this.#started.reject(error);
		}
		if (this.#closed || !this.#walls) return;
		this.#tick();
		for (const place of this.#places.keys()) this.#fill(place);
	}

	#tick(): void {
		for (const child of this.children) child.tick();
		this.#untick = this.#ambient.clock.after(tickMs, () => this.#tick());
	}

	#fill(place: number): void {
		if (this.#closed || this.#places[place] || !this.#walls) return;
		const child = this.#spawn(this.#walls, 'e', {
			ready: () => this.#ready(),
			room: () => this.#room(place),
			died: death => this.#died(place, child, death),
		});
		this.#places[place] = child;
	}

	#spawn(walls: Walls, prefix: string, events: Pick<ChildEvents, 'ready' | 'room' | 'died'>): ExecutorChild {
		const {memoryBudgetMb, hardRssMb, nodeFlags = []} = this.#options;
		this.#spawned += 1;
		return new ExecutorChild(this.#ambient, {
			name: `${prefix}${this.#spawned}`,
			memoryBudgetBytes: memoryBudgetMb * megabyte,
			hardRssBytes: hardRssMb * megabyte,
			...{walls, nodeFlags},
			...events,
		});
	}

	#spawnSuspects(): ExecutorChild | undefined {
		if (!this.#walls) return undefined;
		const child = this.#spawn(this.#walls, 'q', {
			ready: () => this.#quarantine.next(),
			room: () => this.#quarantine.next(),
			died: death => {
				this.#mourn(child, death);
				this.#quarantine.next();
				this.#checkGone();
			},
		});
		return child;
	}

	#ready(): void {
		this.#failedStarts = 0;
		this.#ambient.metrics.executors.set(this.ready);
		if (this.ready === this.#places.length) this.#started.resolve();
		this.#events.room();
	}

	#room(place: number): void {
		const child = this.#places[place];
		if (child && this.#isOld(child)) this.#replace(place, child);
		this.#events.room();
	}

	#isOld({ran, rssBytes}: ExecutorChild): boolean {
		const {hardRssMb, recycleAfter = manyRuns} = this.#options;
		return ran >= recycleAfter || (ran >= leastRuns && rssBytes > hardRssMb * megabyte * highWater);
	}

	#replace(place: number, child: ExecutorChild): void {
		this.#leaving.add(child);
		this.#places[place] = undefined;
		child.retire();
		this.#restarted('recycled');
		this.#fill(place);
	}

	#died(place: number, child: ExecutorChild, death: Death): void {
		const expected = this.#leaving.delete(child);
		if (this.#places[place] === child) this.#places[place] = undefined;
		this.#ambient.metrics.executors.set(this.ready);
		if (!expected && !this.#closed) {
			this.#restarted(death.reason ?? 'exit');
			this.#failedStarts = child.wasReady ? 0 : this.#failedStarts + 1;
			if (this.#failedStarts >= mostFailedStarts) this.#giveUp(death);
			this.#refill(place);
		}
		this.#mourn(child, death);
		this.#checkGone();
	}

	/** At once, unless executors die one after the other before they are ready. */
	#refill(place: number): void {
		const more = this.#failedStarts - mostFailedStarts;
		if (more < 0) this.#fill(place);
		else {
			const delayMs = Math.min(longestBackoffMs, firstBackoffMs * 2 ** more);
			this.#ambient.clock.after(delayMs, () => this.#fill(place));
		}
	}

	#mourn(child: ExecutorChild, death: Death): void {
		if (this.#closed) return;
		const fields = {executor: child.name, pid: child.pid, ...death, inside: child.jobs.size};
		if (child.jobs.size > 0 || !child.wasReady) this.#ambient.log.warn(fields, 'executor died');
		this.#events.lost(child, death);
	}

	#giveUp({how, complaint}: Death): void {
		const said = complaint.trim() === '' ? '' : `; it said: ${complaint.trim()}`;
		this.#started.reject(
			new Error(`Expected an executor to start, but ${mostFailedStarts} ended (${how})${said}`),
		);
	}

	#restarted(reason: string): void {
		this.#restarts += 1;
		this.#ambient.metrics.executorRestarts.inc({reason});
	}

	#checkGone(): void {
		if (this.#closed && this.children.every(child => child.state === 'dead')) this.#gone.resolve();
	}
}

type ChildEvents = ConstructorParameters<typeof ExecutorChild>[1];
