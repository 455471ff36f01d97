// The one loop: receive → load → decide → commit → act → ack. Letters gather while a commit is in
// progress, or for one turn of the event loop when none is: a group commit without a timer, since the
// previous commit is the window (facts: a window of 1 ms costs a third of the throughput).
//
// A row is cached only as its commit left it, while its attempt is in the broker (R2). A decision that
// changes nothing has no revision check to save it, so it is made again on a fresh read (R4). After a
// commit whose result is unknown the rows are read again, and what they owe is derived (R6).
import {setImmediate as turn} from 'node:timers/promises';
import {owes} from '#actors/decide.ts';
import {type Failure, fail} from '#actors/failure.ts';
import type {Ambient} from '#observe/observe.ts';
import {
	type Commit,
	type Fate,
	Fenced,
	type HomeRow,
	type Store,
	StoreTrouble,
	type TaskRow,
} from '#store/store.ts';
import type {Acts, Given} from './act.ts';
import type {Letter, World} from './letter.ts';
import {createMailbox, type Entry, taskOf} from './mailbox.ts';
import type {Runtime} from './runtime.ts';
import {grantOf, type Step, stepOf} from './step.ts';
import type {Watermark} from './watermark.ts';
import type {Window} from './window.ts';

type Parts = {
	readonly store: Store;
	readonly home: HomeRow;
	readonly watermark: Watermark;
	readonly window: Window;
	readonly acts: Acts;
	readonly world: Omit<World, 'now' | 'room'>;
	/** Resolves when the policies of these versions are at hand. */
	readonly prepare: (versions: ReadonlySet<string>) => Promise<void>;
	/** The most changes in one commit. */
	readonly groupMost: number;
	/** Called after every batch: there may be room for the backlog, or new timers. */
	readonly after: (rows: readonly TaskRow[]) => void;
};

/** Tries of a batch that the store refuses, before its births are answered with the failure. */
const birthTries = 3;
const retryMs = 200;

export class Host implements Runtime {
	readonly failed: Promise<Error>;
	readonly #fail: (error: Error) => void;
	readonly #ambient: Ambient;
	readonly #parts: Parts;
	readonly #mailbox = createMailbox();
	// Rows as the last commit left them, of tasks whose attempt is in the broker.
	readonly #cache = new Map<string, TaskRow>();
	#running: Promise<void> | undefined;
	#refusals = 0;
	#over = false;

	constructor(ambient: Ambient, parts: Parts) {
		const {promise, resolve} = Promise.withResolvers<Error>();
		this.failed = promise;
		this.#fail = resolve;
		this.#ambient = ambient;
		this.#parts = parts;
	}

	tell(letter: Letter): void {
		if (this.#over) {
			letter.settle({how: 'failed', failure: fail('UNAVAILABLE', 'This node is stopping')});
			return;
		}
		this.#mailbox.put({letter, fresh: letter.kind === 'event' && letter.fresh === true});
		this.#running ??= this.#run();
	}

	async stop(): Promise<void> {
		while (this.#running && !this.#over) await this.#running;
		this.#over = true;
	}

	async #run(): Promise<void> {
		while (this.#mailbox.size > 0 && !this.#over) {
			await turn();
			const entries = this.#mailbox.take(this.#parts.groupMost);
			const done = await this.#commit(entries).catch(error => this.#refused(entries, error));
			if (done) this.#finish(done.steps, done.commit);
			this.#parts.window.release();
			this.#parts.acts.flush();
		}
		this.#running = undefined;
	}

	async #commit(entries: readonly Entry[]): Promise<Done> {
		const {store, home, watermark} = this.#parts;
		const loaded = await this.#load(entries);
		const steps = entries.map(entry => this.#decide(entry, loaded));
		const changes = steps.flatMap(step => (step.kind === 'change' ? [step.change] : []));
		if (changes.length === 0) return {steps, commit: undefined};
		const {epoch, home: name} = home;
		const {actedThrough} = watermark;
		return {steps, commit: await store.commit({home: name, epoch, actedThrough, changes})};
	}

	/** The rows that are not cached, or must be read anew, and the policies they need. */
	async #load(entries: readonly Entry[]): Promise<ReadonlyMap<string, TaskRow>> {
		const ids: string[] = [];
		const versions = new Set<string>();
		for (const entry of entries) {
			const {letter} = entry;
			if (letter.kind === 'direct' || (letter.kind === 'birth' && !entry.doubt)) continue;
			const id = taskOf(letter);
			if (entry.fresh || entry.doubt) this.#cache.delete(id);
			const cached = this.#cache.get(id);
			if (cached) versions.add(cached.version);
			else ids.push(id);
		}
		const rows = ids.length > 0 ? await this.#parts.store.load(ids) : new Map<string, TaskRow>();
		for (const row of rows.values()) versions.add(row.version);
		if (versions.size > 0) await this.#parts.prepare(versions);
		return rows;
	}

	#decide(entry: Entry, loaded: ReadonlyMap<string, TaskRow>): Step {
		const {window, world} = this.#parts;
		const id = taskOf(entry.letter);
		const cached = this.#cache.get(id);
		const row = cached ?? loaded.get(id);
		const now = this.#ambient.clock.now();
		try {
			const step = stepOf(entry, row, {...world, now, room: () => window.room});
			if (step.kind === 'pass' && cached) return {kind: 'guess', entry};
			if (step.kind === 'change' && step.decision?.task.placed && !row?.placed) window.reserve();
			return step;
		} catch (error) {
			this.#ambient.log.error({err: error, task: id}, 'a letter could not be decided');
			return {kind: 'broken', entry};
		}
	}

	#finish(steps: readonly Step[], commit: Commit | undefined): void {
		if (commit) {
			this.#ambient.metrics.commits.inc();
			this.#parts.watermark.committed(commit.seq);
		}
		const rows: TaskRow[] = [];
		const again: Entry[] = [];
		let at = 0;
		for (const step of steps) {
			const fate = step.kind === 'change' ? commit?.fates[at++] : undefined;
			const direct = step.entry.letter.kind === 'direct';
			if ((fate === 'conflict' && !direct) || step.kind === 'guess') {
				if (fate) this.#ambient.metrics.conflicts.inc();
				again.push({...step.entry, fresh: true});
				continue;
			}
			try {
				if (step.kind === 'change') rows.push(...this.#changed(step, fate, commit?.seq ?? 0));
				else rows.push(...this.#unchanged(step));
			} catch (error) {
				this.#ambient.log.error(
					{err: error, task: taskOf(step.entry.letter)},
					'the effects of a commit failed',
				);
			}
			if (step.entry.doubt) this.#parts.watermark.release(step.entry.doubt);
		}
		this.#mailbox.putBack(again);
		this.#refusals = 0;
		this.#parts.after(rows);
	}

	#changed(step: Extract<Step, {kind: 'change'}>, fate: Fate | undefined, seq: number): TaskRow[] {
		const {entry, decision, was} = step;
		const {letter} = entry;
		if (fate === 'exists') letter.settle({how: 'exists'});
		else if (!decision) letter.settle({how: fate === 'conflict' ? 'conflict' : 'applied'});
		if (fate === 'exists' || !decision) return [];
		const {home, epoch} = this.#parts.home;
		const row: TaskRow = {...decision.task, revision: (was?.revision ?? 0) + 1, home, epoch, seq};
		if (row.placed) this.#cache.set(row.id, row);
		else this.#cache.delete(row.id);
		this.#parts.window.applied(was, row);
		this.#parts.acts.act(seq, row, decision.effects, givenBy(letter));
		this.#parts.acts.announce(row, was ? decision.path : ['accepted', ...decision.path]);
		letter.settle({how: 'committed', row, was, ...grantOf(decision.effects)});
		return [row];
	}

	#unchanged(step: Unchanged): TaskRow[] {
		const {letter, doubt} = step.entry;
		if (step.kind === 'broken') {
			letter.settle({how: 'failed', failure: fail('INTERNAL')});
			return [];
		}
		// R6: the commit in doubt may have been made, and its effects were not.
		if (step.row && doubt) this.#parts.acts.act(doubt, step.row, owes(step.row));
		if (step.kind === 'found') {
			this.#parts.window.applied(undefined, step.row);
			letter.settle({how: 'committed', row: step.row, was: undefined});
			return [step.row];
		}
		const type = letter.kind === 'event' ? letter.name : letter.kind;
		if (!step.allowed) this.#ambient.metrics.refused.inc({type});
		else if (step.effects.length === 0) this.#ambient.metrics.stale.inc({type});
		letter.settle({how: 'passed', row: step.row, ...grantOf(step.effects)});
		return [];
	}

	async #refused(entries: readonly Entry[], error: unknown): Promise<undefined> {
		const {log, clock} = this.#ambient;
		if (error instanceof Fenced) {
			this.#over = true;
			this.#fail(error);
			return;
		}
		const failure = error instanceof StoreTrouble ? error.failure : fail('INTERNAL');
		log.error({err: error, letters: entries.length}, 'a commit failed; trying again');
		this.#refusals++;
		for (const {letter} of entries) this.#cache.delete(taskOf(letter));
		const doubt = this.#parts.watermark.doubt(entries.filter(entry => !entry.doubt).length);
		this.#mailbox.putBack(entries.map(entry => ({doubt, ...this.#givenUp(entry, failure)})));
		await new Promise<void>(resolve => void clock.after(retryMs, resolve));
	}

	/** A birth is answered after some tries; whether it was committed after all is looked up later (R6). */
	#givenUp(entry: Entry, failure: Failure): Entry {
		const {letter} = entry;
		if (letter.kind !== 'birth' || this.#refusals < birthTries) return entry;
		letter.settle({how: 'failed', failure});
		const {id} = letter.task;
		return {
			...entry,
			letter: {kind: 'event', task: id, name: 'ghost', read: () => undefined, settle: () => {}},
		};
	}
}

type Unchanged = Exclude<Step, {kind: 'change' | 'guess'}>;
type Done = {readonly steps: readonly Step[]; readonly commit: Commit | undefined};

/** What a letter brought along, so that its effects need not read it again. */
function givenBy(letter: Letter): Given {
	if (letter.kind === 'birth') return {input: letter.input};
	return letter.kind === 'event' ? {result: letter.result} : {};
}
