import {decideWorker} from '#actors/decide.ts';
import {serves} from '#actors/lane.ts';
import type {Ran} from '#actors/task.ts';
import {suspectAfter, type WorkerEvent, type WorkerRow, type WorkerState} from '#actors/worker.ts';
import type {Heartbeat} from '#contract/control.ts';
import type {WorkerView} from '#contract/status.ts';
import {workerViewOf} from '#contract/workerView.ts';
import type {Ambient} from '#observe/observe.ts';
import type {Transport} from '#transport/transport.ts';
import {createHearing} from './hearing.ts';

/** The workers this node has heard of, and what each said last. */
export type Roster = {
	hear(heartbeat: Heartbeat): void;
	/** Which worker said that it started this attempt, and when; undefined: nobody runs it, as far as was heard. */
	ran(task: string, attempt: number): Ran | undefined;
	/** When a worker was lost last, ms since the epoch. */
	readonly lostAt: number | undefined;
	/** A worker that is not lost has missed a heartbeat. */
	readonly late: boolean;
	/** How often the slowest of the live workers beats, ms; a second if there is none. */
	readonly beatMs: number;
	/** Every attempt that a live worker names, started or not. */
	held(): Held[];
	/** What one worker named last, also when it is lost. */
	heldBy(worker: string): Held[];
	/** The workers that can be given work of this part of a pool: they have just beaten, and take more. */
	live(part: string): Live[];
	/** Undefined: nothing was heard of it, or not for long. */
	stateOf(worker: string): WorkerState | undefined;
	workers(): WorkerView[];
	/** The tasks that are running, as far as was heard. */
	tasks(): string[];
	/** Attempts started and not yet over. */
	readonly running: number;
	/** Heartbeats have come through for so long, without a break. */
	hears(forMs: number): boolean;
	stop(): void;
};

export type Held = {
	readonly task: string;
	readonly attempt: number;
	readonly worker: string;
	/** Null: it has not started it. */
	readonly startedAt: number | null;
};

export type Live = {
	readonly worker: string;
	readonly slots: number;
	/** How many attempts it named last, started or not. */
	readonly held: number;
	readonly heardAt: number;
	/** Warm sandboxes by function. */
	readonly warm: Readonly<Record<string, number>>;
	/** Free memory of its machine, bytes; undefined: it does not say. */
	readonly freeBytes: number | undefined;
};

/** The roster's copy of a worker: its machine as this node sees it, and its last heartbeat. */
type Copy = {row: WorkerRow; beat: Heartbeat; heardAt: number; started: Map<string, number>};

/** A quarter of the usual beat: the verdict comes that much late at most. */
const lookMs = 250;
/** How often a worker beats that does not say it. */
const usualBeatMs = 1000;
/** A worker that is silent for so long is no longer shown. */
const forgetMs = 60_000;

/** Whatever it held runs no more, as far as can be known. */
const isGone = ({state}: WorkerRow) => state === 'lost' || state === 'stopped';

const nameOf = (task: string, attempt: number) => `${task} ${attempt}`;

export function createRoster(
	{clock, log, metrics}: Ambient,
	transport: Pick<Transport, 'watch' | 'ask'>,
	changed: (worker: WorkerView) => void,
): Roster {
	const hearing = createHearing(clock, transport);
	const silence = ({heardAt}: Copy) => hearing.silence(heardAt);
	const copies = new Map<string, Copy>();
	let lostAt: number | undefined;

	const step = (copy: Copy, event: WorkerEvent) => {
		const before = copy.row;
		const next = decideWorker(before, event);
		if (!next) metrics.refused.inc({actor: 'worker', type: event.type});
		copy.row = next ?? before;
		const {state} = copy.row;
		if (state === before.state) return;
		if (state === 'lost') {
			lostAt = clock.now();
			log.warn({worker: copy.beat.worker}, 'a worker is lost');
		}
		changed(view(copy));
		count();
	};
	const count = () => {
		metrics.workers.reset();
		for (const {row} of copies.values()) metrics.workers.inc({pool: row.pool, state: row.state});
	};
	const tally = () => {
		const live = [...copies.values()].filter(({row}) => row.state !== 'lost' && row.state !== 'stopped');
		metrics.workerExecutors.set(live.reduce((sum, {beat}) => sum + beat.executors, 0));
		metrics.workerRestarts.set(live.reduce((sum, {beat}) => sum + beat.restarts, 0));
	};
	const judge = () => {
		const now = clock.now();
		for (const [id, copy] of copies) {
			const missed = Math.floor(silence(copy) / beatOf(copy));
			// Who has stopped is silent.
			if (missed > 0 && copy.row.state !== 'stopped') step(copy, {type: 'silence', at: now, missed});
			if (silence(copy) > Math.max(forgetMs, 10 * beatOf(copy))) copies.delete(id);
		}
		count();
	};
	const look = () => {
		const now = clock.now();
		// What is about to count against somebody has to be sure.
		if ([...copies.values()].some(copy => now - copy.heardAt >= beatOf(copy))) hearing.sure(judge);
		callOff = clock.after(lookMs, look);
	};
	let callOff = clock.after(lookMs, look);
	return {
		hear(beat) {
			const started = new Map<string, number>();
			for (const {task, attempt, startedAt} of beat.held) {
				if (startedAt !== null) started.set(nameOf(task, attempt), startedAt);
			}
			const copy = copies.get(beat.worker) ?? newcomer(beat, clock.now());
			copies.set(beat.worker, copy);
			Object.assign(copy, {beat, started, heardAt: clock.now()});
			tally();
			step(copy, {type: 'beat', at: clock.now(), state: beat.state, busy: started.size});
		},
		ran(task, attempt) {
			const name = nameOf(task, attempt);
			for (const {started, row, beat} of copies.values()) {
				const startedAt = isGone(row) ? undefined : started.get(name);
				if (startedAt !== undefined) return {worker: beat.worker, startedAt};
			}
			return undefined;
		},
		get beatMs() {
			const live = [...copies.values()].filter(({row}) => !isGone(row));
			return Math.max(usualBeatMs, ...live.map(beatOf));
		},
		get late() {
			return [...copies.values()].some(copy => !isGone(copy.row) && silence(copy) > beatOf(copy));
		},
		get lostAt() {
			return lostAt;
		},
		held: () => [...copies.values()].filter(({row}) => !isGone(row)).flatMap(heldOf),
		heldBy(worker) {
			const copy = copies.get(worker);
			return copy ? heldOf(copy) : [];
		},
		live(part) {
			const fit = [...copies.values()].filter(
				copy =>
					serves(copy.beat, part) &&
					(copy.row.state === 'idle' || copy.row.state === 'busy') &&
					silence(copy) < suspectAfter * beatOf(copy),
			);
			return fit.map(({beat: {worker, slots, held, warm, freeBytes}, heardAt}) => ({
				...{worker, slots, heardAt, warm, freeBytes},
				held: held.length,
			}));
		},
		stateOf: worker => copies.get(worker)?.row.state,
		workers: () => [...copies.values()].map(view),
		tasks() {
			const live = [...copies.values()].filter(({row}) => row.state !== 'lost');
			return live.flatMap(({beat}) => beat.held.filter(one => one.startedAt !== null).map(one => one.task));
		},
		get running() {
			let sum = 0;
			for (const {started, row} of copies.values()) if (!isGone(row)) sum += started.size;
			return sum;
		},
		hears: forMs => hearing.hears(forMs),
		stop() {
			hearing.stop();
			callOff();
		},
	};
}

const beatOf = ({beat: {everyMs = usualBeatMs}}: Copy): number => everyMs;

const heldOf = ({beat: {worker, held}}: Copy): Held[] =>
	held.map(({task, attempt, startedAt}) => ({task, attempt, worker, startedAt}));

/** Its first beat then enters the state that it says. */
function newcomer(beat: Heartbeat, now: number): Copy {
	const row: WorkerRow = {
		id: beat.worker,
		pool: beat.pool,
		state: 'lost',
		busy: 0,
		missed: 0,
		updatedAt: now,
	};
	return {row, beat, heardAt: now, started: new Map()};
}

const view = ({beat, heardAt, row: {state}}: Copy): WorkerView => workerViewOf(beat, heardAt, state);
