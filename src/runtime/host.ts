// The one loop: receive → load → decide → commit → act → ack. Letters gather while a commit is in progress.
//
// A row is cached only as its commit left it, while its attempt is in the broker (R2). A decision that
// changes nothing has no revision check to save it, so it is made again on a fresh read (R4). A change
// that lost against another revision is decided again on a fresh read (R1). After a commit whose result
// is unknown the rows are read again, and what they owe is derived (R6).
import {type Failure, fail} from '#actors/failure.ts';
import type {Task} from '#actors/task.ts';
import {atMost, pause} from '#lib/clock.ts';
import type {Ambient} from '#observe/observe.ts';
import type {HomeRow} from '#store/home.ts';
import {type Change, type Commit, Fenced, type Store, type TaskRow} from '#store/store.ts';
import type {Acts} from './act.ts';
import {type Batches, createBatches} from './batches.ts';
import {createEnds, type Ends, isRefused} from './ends.ts';
import {createGathering} from './gathering.ts';
import type {InFlight} from './inFlight.ts';
import {comesAgain, isFresh, type Letter, type World} from './letter.ts';
import {createMailbox, type Entry, taskOf} from './mailbox.ts';
import {createRefusals, failureOf, type Refusals} from './refusals.ts';
import {createRows, type Read, type Rows} from './rows.ts';
import type {Runtime} from './runtime.ts';
import {type Done, type Step, stepOf} from './step.ts';
import type {Trouble} from './trouble.ts';
import type {Watermark} from './watermark.ts';
import type {Window} from './window.ts';

type Parts = {
	readonly store: Store;
	readonly home: HomeRow;
	readonly watermark: Watermark;
	readonly window: Window;
	readonly inFlight: InFlight;
	readonly trouble: Trouble;
	readonly acts: Acts;
	readonly world: Omit<World, 'now' | 'room'>;
	readonly prepare: (versions: ReadonlySet<string>) => Promise<void>;
	readonly groupMost: number;
	/** Counts anew, in the store, what is placed and what waits. */
	readonly recount: () => Promise<void>;
	/** Called after every batch: there may be room for the backlog, or new timers. */
	readonly after: (rows: readonly TaskRow[]) => void;
	/** The store takes nothing: letters that come again fail at once. Or it takes commits again. */
	readonly shut: (isShut: boolean) => void;
};

const retryMs = 200;
/** How long a stop waits for effects. */
const leaveMs = 1000;

export class Host implements Runtime {
	readonly failed: Promise<Error>;
	readonly #fail: (error: Error) => void;
	readonly #ambient: Ambient;
	readonly #parts: Parts;
	readonly #mailbox = createMailbox();
	readonly #rows: Rows;
	readonly #ends: Ends;
	readonly #gather: () => Promise<void>;
	readonly #refusals: Refusals;
	readonly #batches: Batches;
	readonly #runs = new Set<Promise<void>>();
	#isGathering = false;
	// The window is told of every commit whose result is known; after any other it is counted.
	#uncounted = false;
	#stopping = false;
	#over = false;

	constructor(ambient: Ambient, parts: Parts) {
		({promise: this.failed, resolve: this.#fail} = Promise.withResolvers<Error>());
		this.#ambient = ambient;
		this.#parts = parts;
		this.#batches = createBatches(parts.store.pipeline);
		this.#refusals = createRefusals(parts.shut);
		this.#rows = createRows(parts.store, parts.prepare);
		this.#ends = createEnds(ambient, {...parts, rows: this.#rows});
		this.#gather = createGathering(() => this.#mailbox.size, parts.groupMost);
	}

	tell(letter: Letter): void {
		if (this.#over) {
			letter.settle({how: 'failed', failure: fail('UNAVAILABLE', 'This node is stopping')});
			return;
		}
		const {shut} = this.#refusals;
		if (shut && comesAgain(letter)) letter.settle({how: 'failed', failure: shut});
		else this.#mailbox.put({letter, fresh: isFresh(letter)});
		this.#begin();
	}

	/** The window may be wrong: it is counted in the store before anything else is decided. */
	recount(): void {
		this.#uncounted = true;
		this.#begin();
	}

	async stop(): Promise<void> {
		this.#stopping = true;
		while (this.#runs.size > 0 && !this.#over) await Promise.race(this.#runs);
		if (this.#over) return;
		this.#over = true;
		await this.#leave();
	}

	/** After a clean stop nothing has to be acted again: the last commit could not say so itself. */
	async #leave(): Promise<void> {
		const {log, clock} = this.#ambient;
		const {watermark} = this.#parts;
		await atMost(clock, leaveMs, watermark.settled());
		const seq = watermark.begin();
		const owing = seq - 1 - watermark.actedThrough;
		if (owing > 0) log.warn({commits: owing}, 'not all is told or dispatched; the next start does it');
		await this.#write(seq, []).catch(error =>
			log.warn({err: error}, 'effects will be repeated at the next start'),
		);
	}

	#begin(): void {
		if (this.#over || this.#isGathering || !this.#mayTake) return;
		const run = this.#run().finally(() => this.#runs.delete(run));
		this.#runs.add(run);
	}

	async #run(): Promise<void> {
		while (this.#isDue && !this.#over && !this.#isGathering) {
			this.#isGathering = true;
			await this.#gather();
			this.#isGathering = false;
			if (!this.#mayTake) return;
			const entries = this.#mailbox.take(this.#most, this.#batches.busy);
			if (entries.length === 0 && this.#batches.size > 0) return;
			await this.#carry(entries);
		}
	}

	/** Alone; or beside others, while all is well. */
	get #mayTake(): boolean {
		if (this.#batches.size === 0) return true;
		const isCalm = !this.#uncounted && !this.#refusals.isNarrow && this.#parts.trouble.why === undefined;
		return isCalm && this.#batches.areWorth(this.#mailbox.size);
	}

	/** A store that is shut is asked whether it takes commits again, and given no letter before it does. */
	get #most(): number {
		if (this.#refusals.shut) return 0;
		return this.#refusals.isNarrow ? 1 : this.#parts.groupMost;
	}

	async #carry(entries: readonly Entry[]): Promise<void> {
		const {watermark, window, acts} = this.#parts;
		const over = this.#batches.begin(entries);
		const seq = watermark.begin();
		const reserved: Task[] = [];
		const since = this.#ambient.clock.now();
		const done = await this.#commit(seq, entries, reserved).catch(error => {
			this.#refusals.met(error, this.#ambient.clock.now() - since);
			return this.#refused(entries, seq, error);
		});
		over();
		if (done) this.#finish(seq, done);
		watermark.release(seq);
		for (const task of reserved) window.release(task);
		acts.flush();
	}

	/** Also while the store refuses: nobody else would find out that it does no more. */
	get #isDue(): boolean {
		return this.#mailbox.size > 0 || this.#uncounted || this.#parts.trouble.why !== undefined;
	}

	async #commit(seq: number, entries: readonly Entry[], reserved: Task[]): Promise<Done> {
		if (this.#uncounted) await this.#parts.recount();
		this.#uncounted = false;
		const read = await this.#rows.read(entries);
		const {window, world: given} = this.#parts;
		const world: World = {...given, now: this.#ambient.clock.now(), room: task => window.room(task)};
		const steps = entries.map(entry => this.#decide(entry, read, world, reserved));
		const changes = steps.flatMap(step => (step.kind === 'change' ? [step.change] : []));
		const writes = changes.length > 0 || this.#parts.trouble.why !== undefined;
		return {steps, commit: writes ? await this.#write(seq, changes) : undefined};
	}

	async #write(seq: number, changes: readonly Change[]): Promise<Commit> {
		const {store, watermark} = this.#parts;
		const {home, epoch} = this.#parts.home;
		const commit = await store.commit({home, epoch, seq, actedThrough: watermark.actedThrough, changes});
		this.#parts.trouble.over();
		this.#ambient.metrics.commits.inc();
		return commit;
	}

	#decide(entry: Entry, read: Read, world: World, reserved: Task[]): Step {
		const id = taskOf(entry.letter);
		const {row, isFresh} = read(id);
		try {
			const step = stepOf(entry, row, world);
			if (step.kind === 'pass' && !isFresh) return {kind: 'guess', entry};
			const next = step.kind === 'change' ? step.decision?.task : undefined;
			if (next && this.#parts.window.reserve(row, next)) reserved.push(next);
			return step;
		} catch (error) {
			this.#ambient.log.error({err: error, task: id}, 'a letter could not be decided');
			return {kind: 'broken', entry};
		}
	}

	#finish(seq: number, {steps, commit}: Done): void {
		const rows: TaskRow[] = [];
		const again: Entry[] = [];
		let at = 0;
		for (const step of steps) {
			const fate = step.kind === 'change' ? commit?.fates[at++] : undefined;
			if (step.kind === 'guess' || isRefused(step.entry, fate)) {
				if (step.kind === 'change') this.#ends.refused(step, fate);
				again.push({...step.entry, fresh: true, isLookedUp: fate === 'exists'});
				continue;
			}
			const row = this.#ends.settled(step, fate, seq);
			if (row) rows.push(row);
		}
		this.#mailbox.putBack(again);
		this.#refusals.over();
		this.#parts.after(rows);
	}

	async #refused(entries: readonly Entry[], doubt: number, error: unknown): Promise<undefined> {
		const failure = error instanceof Fenced ? fail('UNAVAILABLE', error.message) : failureOf(error);
		if (error instanceof Fenced) this.#fail(error);
		if (error instanceof Fenced || (this.#stopping && this.#refusals.areMany)) {
			this.#giveUp(entries, failure);
			return;
		}
		this.#parts.trouble.met(error, failure.message);
		this.#uncounted = true;
		for (const {letter} of entries) this.#rows.forget(taskOf(letter));
		for (const one of entries)
			if (one.doubt === undefined) this.#parts.watermark.hold(doubt, taskOf(one.letter));
		const again = entries.map(entry => ({doubt, ...entry}));
		this.#mailbox.putBack(this.#refusals.again(again, error));
		this.#refusals.turnAway(this.#mailbox);
		await pause(this.#ambient.clock, retryMs);
	}

	/** Nothing is decided here any more: whoever waits is told, and what came from the broker goes back. */
	#giveUp(entries: readonly Entry[], failure: Failure): void {
		this.#over = true;
		this.#mailbox.putBack(entries);
		for (const {letter} of this.#mailbox.drop(() => true)) letter.settle({how: 'failed', failure});
	}
}
