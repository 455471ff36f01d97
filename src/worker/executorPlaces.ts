import type {Ambient} from '#observe/observe.ts';
import {createBackoff} from './executorBackoff.ts';
import type {Death} from './executorBlame.ts';
import {ExecutorChild, tickMs} from './executorChild.ts';
import type {Job} from './executorJob.ts';
import type {ExecutorsOptions} from './executorOptions.ts';
import {createQuarantine, type Quarantine} from './executorQuarantine.ts';
import {route} from './executorRoute.ts';
import {createStocking, unstocked} from './executorStocking.ts';
import {raiseWalls, type Walls} from './executorWalls.ts';

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

/** The executors of a pool: each at its place, replaced when it dies or has grown old. */
export class ExecutorPlaces {
	readonly #ambient: Ambient;
	readonly #options: ExecutorsOptions;
	readonly #events: PlacesEvents;
	// Those that take lists, each at its place; and those that were replaced and finish what they have.
	readonly #places: (ExecutorChild | undefined)[];
	readonly #leaving = new Set<ExecutorChild>();
	readonly #quarantine: Quarantine<ExecutorChild>;
	readonly #backoff = createBackoff();
	readonly #started = Promise.withResolvers<void>();
	readonly #gone = Promise.withResolvers<void>();
	readonly #spawned = {e: 0, q: 0};
	readonly #stocking = createStocking();
	#restarts = 0;
	#opened = false;
	#walls: Walls | undefined;
	#untick: (() => void) | undefined;
	#closed = false;

	constructor(ambient: Ambient, options: ExecutorsOptions, events: PlacesEvents) {
		this.#ambient = ambient;
		this.#options = options;
		this.#events = events;
		this.#places = Array.from({length: options.executors}, () => undefined);
		this.#quarantine = createQuarantine(ambient.clock, {
			spawn: () => this.#spawnCell(),
			spare: options.spare ?? false,
			calm: () => this.ready === this.#places.length,
			isOld: cell => this.#isOld(cell),
		});
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
		return [...this.#places, ...this.#leaving, ...this.#quarantine.cells].filter(one => one !== undefined);
	}

	get suspects(): readonly Job[] {
		return this.#quarantine.waiting;
	}

	start(): Promise<void> {
		if (!this.#opened) void this.#open();
		return this.#started.promise;
	}

	/** Who can run a list, or check a version, now. */
	roomFor(job: Job): ExecutorChild | undefined {
		const takers = this.#places.filter(child => child !== undefined);
		return route(takers, this.#options.slotsEach, job);
	}

	/** Gives back those of earlier deaths who need not run alone any more. */
	quarantine(suspects: readonly Job[]): Job[] {
		const released = this.#quarantine.release();
		if (suspects.length > 0) this.#quarantine.add(suspects);
		return released;
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

	#spawn(
		walls: Walls,
		prefix: 'e' | 'q',
		events: Pick<ChildEvents, 'ready' | 'room' | 'died'>,
	): ExecutorChild {
		const {memoryBudgetMb, hardRssMb, nodeFlags = []} = this.#options;
		this.#spawned[prefix] += 1;
		return new ExecutorChild(this.#ambient, {
			name: `${prefix}${this.#spawned[prefix]}`,
			memoryBudgetBytes: memoryBudgetMb * megabyte,
			hardRssBytes: hardRssMb * megabyte,
			...{walls, nodeFlags, stocking: prefix === 'q' ? unstocked : this.#stocking},
			...events,
		});
	}

	#spawnCell(): ExecutorChild | undefined {
		if (!this.#walls || this.#closed) return undefined;
		const child = this.#spawn(this.#walls, 'q', {
			ready: () => this.#quarantine.next(),
			room: () => this.#quarantine.next(),
			died: death => {
				const expected = !this.#quarantine.ended(child) || this.#closed;
				if (!expected) this.#restarted(death.reason ?? 'exit');
				this.#mourn(child, death, expected);
				this.#quarantine.next();
				this.#checkGone();
			},
		});
		return child;
	}

	#ready(): void {
		this.#backoff.worked();
		this.#ambient.metrics.executors.set(this.ready);
		if (this.ready === this.#places.length) this.#started.resolve();
		this.#events.room();
		this.#quarantine.next();
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
		// Who was inside goes on before the time that another process takes to start.
		this.#mourn(child, death, expected);
		if (!expected && !this.#closed) {
			this.#restarted(death.reason ?? 'exit');
			if (child.wasReady) this.#backoff.worked();
			else this.#backoff.failed();
			if (this.#backoff.hopeless) this.#giveUp(death);
			this.#refill(place);
		}
		this.#checkGone();
	}

	#refill(place: number): void {
		const {delayMs} = this.#backoff;
		if (delayMs === 0) this.#fill(place);
		else this.#ambient.clock.after(delayMs, () => this.#fill(place));
	}

	/** `expected`: it was told to go. */
	#mourn(child: ExecutorChild, death: Death, expected: boolean): void {
		if (this.#closed) return;
		const fields = {executor: child.name, pid: child.pid, ...death, inside: child.jobs.size};
		if (!expected || child.jobs.size > 0) this.#ambient.log.warn(fields, 'executor died');
		this.#events.lost(child, death);
	}

	/** `start` says so instead of trying for ever. */
	#giveUp({how, complaint}: Death): void {
		const said = complaint.trim() === '' ? '' : `; it said: ${complaint.trim()}`;
		this.#started.reject(
			new Error(`Expected an executor to start, but one after the other ended (${how})${said}`),
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
