// The attempts that this home's commits have put into the broker, as far as this process knows: what
// the audit looks after. The store is the authority; this is a list of what to ask it about, and a
// wrong entry costs a look.
import {type Lane, laneName} from '#actors/lane.ts';
import type {Ambient} from '#observe/observe.ts';
import type {TaskRow} from '#store/store.ts';
import {createProgress} from './progress.ts';

export type Flight = {
	readonly task: string;
	readonly attempt: number;
	/** Of the last commit that put it there, ms since the epoch. */
	readonly at: number;
	readonly lane: Lane;
	/** The worker to whose mailbox it was sent; null: it went to its lane's queue; undefined: not known (yet). */
	to: string | null | undefined;
	/** The how manieth this process put into queues, or found there; infinite: it is not there (yet). */
	order: number;
	/** Another process has put it there, and this one is its home since then, ms since the epoch. */
	readonly foundAt: number | undefined;
	/** Nobody here knows whether another area has it. */
	readonly away: boolean;
	/** When a heartbeat named it last. */
	heardAt: number | undefined;
	/** Since when it seems to be nowhere. */
	missingSince: number | undefined;
	/** It is being dispatched again: the commit makes a new entry of it. */
	healing: boolean;
};

export type InFlight = {
	/** A commit made the row what it is; `dispatched`: and has it sent, for the first time or once more. */
	applied(row: TaskRow, dispatched: boolean): void;
	/** It was put there by another process, and is of this home from now on; `away`: or another area was given it. */
	found(row: TaskRow, away: boolean): void;
	/** The broker has it, in the mailbox of this worker or (null) in its lane's queue. */
	sent(row: TaskRow, to: string | null): void;
	forget(task: string): void;
	get(task: string): Flight | undefined;
	list(): Iterable<Flight>;
	/** The last in its lane's queue that a worker was known to have had, at that time; undefined: none was. */
	passed(lane: Lane, time: number): number | undefined;
	/** How many were put into queues. */
	readonly put: number;
	/** A lane's queue was found empty after so many had been put there. */
	emptied(lane: Lane, put: number): void;
	lanes(): Lane[];
	/** A worker has named it, in a heartbeat or a claim. */
	heard(flight: Flight, at: number): void;
	readonly size: number;
};

export function createInFlight({clock}: Ambient): InFlight {
	const flights = new Map<string, Flight>();
	const progress = createProgress();
	let orders = 0;
	const pass = ({lane, order, to}: Flight) => {
		// What came another way says nothing of the queue.
		if (to === null) progress.note(lane, order, clock.now());
	};
	const put = (
		{id: task, attempt, updatedAt: at, pool, class: lane}: TaskRow,
		order: number,
		foundAt?: number,
		away = false,
	) => {
		flights.set(task, {
			task,
			attempt,
			at,
			lane: {pool, class: lane},
			to: undefined,
			order,
			foundAt,
			away,
			heardAt: undefined,
			missingSince: undefined,
			healing: false,
		});
	};
	const heard = (flight: Flight, at: number) => {
		flight.heardAt = at;
		flight.missingSince = undefined;
		pass(flight);
	};
	return {
		applied(row, dispatched) {
			const known = flights.get(row.id);
			if (!row.placed) {
				// It ended, or failed: a worker had it, unless somebody ended it from outside.
				if (known && row.startedAt !== null) pass(known);
				flights.delete(row.id);
				return;
			}
			// Claimed, it is where it was, and a worker has it.
			if (known?.attempt === row.attempt && !dispatched) heard(known, row.updatedAt);
			else put(row, Number.POSITIVE_INFINITY);
		},
		found(row, away) {
			if (!row.placed) return;
			// What is put there later comes out later: it counts among what this process has put there itself.
			put(row, ++orders, clock.now(), away);
		},
		sent({id, attempt}, to) {
			const flight = flights.get(id);
			if (flight?.attempt !== attempt) return;
			flight.to = to;
			flight.order = to === null ? ++orders : Number.POSITIVE_INFINITY;
		},
		forget: task => void flights.delete(task),
		get: task => flights.get(task),
		list: () => flights.values(),
		passed: (lane, time) => progress.by(lane, time),
		get put() {
			return orders;
		},
		emptied: (lane, count) => progress.note(lane, count, clock.now()),
		lanes() {
			const lanes = new Map([...flights.values()].map(({lane}) => [laneName(lane), lane]));
			return [...lanes.values()];
		},
		heard,
		get size() {
			return flights.size;
		},
	};
}
