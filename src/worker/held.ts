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
	readonly size: number;
	stop(task: string, attempt: number): void;
	isStopped(task: string, attempt: number): boolean;
};

/** More stop orders than these are forgotten, oldest first: it costs a run for nothing, no more. */
const mostStops = 100_000;

export function createHeld(): Held {
	// One worker can hold two copies of an attempt.
	type Entry = Heartbeat['held'][number] & {copies: Set<Attempt>; over: Set<Attempt>};
	const held = new Map<string, Entry>();
	const stops = new Map<string, number>();
	const nameOf = (task: string, attempt: number) => `${task} ${attempt}`;
	const entryOf = ({item}: Attempt) => held.get(nameOf(item.task, item.attempt));
	return {
		add(copy) {
			const {task, attempt, function: fn} = copy.item;
			const known = entryOf(copy);
			if (known) known.copies.add(copy);
			else {
				const entry = {task, attempt, function: fn, startedAt: null};
				held.set(nameOf(task, attempt), {...entry, copies: new Set([copy]), over: new Set()});
			}
		},
		started({item: {task, attempt}}, at) {
			const one = held.get(nameOf(task, attempt));
			if (one) one.startedAt = at;
		},
		ended(copy) {
			entryOf(copy)?.over.add(copy);
		},
		remove(copy) {
			const one = entryOf(copy);
			one?.copies.delete(copy);
			one?.over.delete(copy);
			if (one?.copies.size === 0) held.delete(nameOf(one.task, one.attempt));
		},
		list: () =>
			[...held.values()]
				.filter(({copies, over}) => copies.size > over.size)
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
