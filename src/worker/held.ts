import type {Heartbeat} from '#contract/control.ts';
import type {Attempt} from './delivered.ts';

/** What this worker has in hand, as its heartbeats say it; and what it was told to stop (R24). */
export type Held = {
	/** A copy of an attempt; the same object is meant below. */
	add(copy: Attempt): void;
	started(copy: Attempt, at: number): void;
	/** Its home has its outcome: it is named no more, though others that came with it may hold its message. */
	ended(copy: Attempt): void;
	remove(copy: Attempt): void;
	list(): Heartbeat['held'];
	/** How many copies. */
	readonly size: number;
	stop(task: string, attempt: number): void;
	isStopped(task: string, attempt: number): boolean;
};

/** More stop orders than these are forgotten, oldest first: it costs a run for nothing, no more. */
const mostStops = 100_000;

type Copy = {startedAt: number | null; isOver: boolean};

export function createHeld(): Held {
	const held = new Map<Attempt, Copy>();
	const stops = new Map<string, number>();
	return {
		add: copy => void held.set(copy, {startedAt: null, isOver: false}),
		started(copy, at) {
			const one = held.get(copy);
			if (one) one.startedAt = at;
		},
		ended(copy) {
			const one = held.get(copy);
			if (one) one.isOver = true;
		},
		remove: copy => void held.delete(copy),
		list() {
			// One worker can hold two copies of an attempt, which it names once.
			const named = new Map<string, Heartbeat['held'][number]>();
			for (const [{item}, {startedAt, isOver}] of held) {
				const {task, attempt, function: fn} = item;
				const name = `${task} ${attempt}`;
				if (!isOver && named.get(name)?.startedAt == null)
					named.set(name, {task, attempt, function: fn, startedAt});
			}
			return [...named.values()];
		},
		get size() {
			return held.size;
		},
		stop(task, attempt) {
			stops.set(task, Math.max(attempt, stops.get(task) ?? 0));
			if (stops.size > mostStops) stops.delete(stops.keys().next().value as string);
		},
		// An attempt below a stopped one is over as well: numbers never go back (R14).
		isStopped: (task, attempt) => attempt <= (stops.get(task) ?? 0),
	};
}
