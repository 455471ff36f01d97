import type {Heartbeat} from '#contract/control.ts';

/** What this worker has in hand, as its heartbeats say it; and what it was told to stop (R24). */
export type Held = {
	add(task: string, attempt: number, fn: string): void;
	started(task: string, attempt: number, at: number): void;
	/** Its home has its outcome: it is named no more, though others that came with it may hold its message. */
	ended(task: string, attempt: number): void;
	remove(task: string, attempt: number): void;
	list(): Heartbeat['held'];
	readonly size: number;
	stop(task: string, attempt: number): void;
	isStopped(task: string, attempt: number): boolean;
};

/** More stop orders than these are forgotten, oldest first: it costs a run for nothing, no more. */
const mostStops = 100_000;

export function createHeld(): Held {
	// One worker can hold two copies of an attempt, so each has a count; and one of those that are over.
	const held = new Map<string, Heartbeat['held'][number] & {copies: number; ended: number}>();
	const stops = new Map<string, number>();
	const nameOf = (task: string, attempt: number) => `${task} ${attempt}`;
	return {
		add(task, attempt, fn) {
			const name = nameOf(task, attempt);
			const known = held.get(name);
			if (known) known.copies++;
			else held.set(name, {task, attempt, function: fn, startedAt: null, copies: 1, ended: 0});
		},
		started(task, attempt, at) {
			const one = held.get(nameOf(task, attempt));
			if (one) one.startedAt = at;
		},
		ended(task, attempt) {
			const one = held.get(nameOf(task, attempt));
			if (one) one.ended++;
		},
		remove(task, attempt) {
			const name = nameOf(task, attempt);
			const one = held.get(name);
			if (!one) return;
			if (--one.copies === 0) held.delete(name);
			if (one.ended > 0) one.ended--;
		},
		list: () =>
			[...held.values()]
				.filter(({copies, ended}) => copies > ended)
				.map(({task, attempt, function: fn, startedAt}) => ({task, attempt, function: fn, startedAt})),
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
