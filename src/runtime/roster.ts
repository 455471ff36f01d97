import type {Heartbeat} from '#contract/control.ts';
import type {WorkerView} from '#contract/status.ts';
import type {Ambient} from '#observe/observe.ts';

/** The workers this node has heard of, and what each said last. */
export type Roster = {
	hear(heartbeat: Heartbeat): void;
	/** When a worker said it started this attempt; undefined: nobody runs it, as far as was heard. */
	startedAt(task: string, attempt: number): number | undefined;
	workers(): WorkerView[];
	/** Attempts started and not yet over. */
	readonly running: number;
	stop(): void;
};

type Copy = {beat: Heartbeat; heardAt: number; started: Map<string, number>; state: WorkerView['state']};

const beatMs = 1000;
/** Missed heartbeats until a worker is suspect, lost, and forgotten. */
const suspectAfter = 2;
const lostAfter = 3;
const forgetMs = 60_000;

const nameOf = (task: string, attempt: number) => `${task} ${attempt}`;

export function createRoster({clock, log, metrics}: Ambient, changed: (worker: WorkerView) => void): Roster {
	const copies = new Map<string, Copy>();

	const enter = (copy: Copy, state: Copy['state']) => {
		if (copy.state === state) return;
		copy.state = state;
		if (state === 'lost') log.warn({worker: copy.beat.worker}, 'a worker is lost');
		changed(view(copy));
		count();
	};
	const count = () => {
		metrics.workers.reset();
		for (const {state} of copies.values()) metrics.workers.inc({state});
	};
	const look = () => {
		const now = clock.now();
		for (const [id, copy] of copies) {
			const missed = Math.floor((now - copy.heardAt) / beatMs);
			if (now - copy.heardAt > forgetMs) copies.delete(id);
			if (copy.state === 'stopped') continue;
			if (missed >= lostAfter) enter(copy, 'lost');
			else if (missed >= suspectAfter) enter(copy, 'suspect');
		}
		callOff = clock.after(beatMs, look);
	};
	let callOff = clock.after(beatMs, look);
	return {
		hear(beat) {
			const started = new Map<string, number>();
			for (const {task, attempt, startedAt} of beat.held) {
				if (startedAt !== null) started.set(nameOf(task, attempt), startedAt);
			}
			const copy = copies.get(beat.worker) ?? {beat, heardAt: 0, started, state: 'lost' as const};
			copies.set(beat.worker, copy);
			Object.assign(copy, {beat, started, heardAt: clock.now()});
			enter(copy, beat.state);
		},
		startedAt(task, attempt) {
			const name = nameOf(task, attempt);
			for (const {started, state} of copies.values()) {
				const at = state === 'lost' ? undefined : started.get(name);
				if (at !== undefined) return at;
			}
			return undefined;
		},
		workers: () => [...copies.values()].map(view),
		get running() {
			let sum = 0;
			for (const {started, state} of copies.values()) if (state !== 'lost') sum += started.size;
			return sum;
		},
		stop: () => callOff(),
	};
}

function view({beat, heardAt, state, started}: Copy): WorkerView {
	const {worker: id, pool, host, pid, version, slots, warm, rssBytes, executors, restarts, startedAt} = beat;
	const about = {id, pool, host, pid, version, state, slots, busy: started.size};
	return {...about, warm, rssBytes, executors, restarts, startedAt, lastBeat: heardAt};
}
