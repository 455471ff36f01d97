// The attempts that this home's commits have put into the broker, as far as this process knows: what
// the audit looks after. The store is the authority; this is a list of what to ask it about, and a
// wrong entry costs a look.
import type {TaskRow} from '#store/store.ts';

export type Flight = {
	readonly task: string;
	readonly attempt: number;
	/** Of the last commit that put it there, ms since the epoch. */
	readonly at: number;
	readonly lane: Lane;
	/** The worker to whose mailbox it was sent; null: it went to its lane's queue; undefined: not known (yet). */
	to: string | null | undefined;
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
	/** The broker has it, in the mailbox of this worker or (null) in its lane's queue. */
	sent(row: TaskRow, to: string | null): void;
	forget(task: string): void;
	get(task: string): Flight | undefined;
	list(): Iterable<Flight>;
	/** The latest time of dispatch among those that a worker had, by lane: queues are in order. */
	passed(lane: Lane): number;
	lanes(): Lane[];
	/** A worker has named it, in a heartbeat or a claim. */
	heard(flight: Flight, at: number): void;
	readonly size: number;
};

/** Which queue of work. */
export type Lane = {readonly pool: string; readonly class: string};

export const nameOf = ({pool, class: lane}: Lane): string => `${pool} ${lane}`;

export function createInFlight(): InFlight {
	const flights = new Map<string, Flight>();
	const passed = new Map<string, number>();
	const pass = ({lane, at, to}: Flight) => {
		// What came another way says nothing of the queue.
		if (to !== null) return;
		const name = nameOf(lane);
		passed.set(name, Math.max(at, passed.get(name) ?? 0));
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
			const {id: task, attempt, updatedAt: at, pool, class: lane} = row;
			if (known?.attempt === attempt && !dispatched) {
				// It was claimed: it is where it was, and a worker has it.
				heard(known, at);
				return;
			}
			const flight = {task, attempt, at, lane: {pool, class: lane}, to: undefined};
			flights.set(task, {...flight, heardAt: undefined, missingSince: undefined, healing: false});
		},
		sent({id, attempt}, to) {
			const flight = flights.get(id);
			if (flight?.attempt === attempt) flight.to = to;
		},
		forget: task => void flights.delete(task),
		get: task => flights.get(task),
		list: () => flights.values(),
		passed: lane => passed.get(nameOf(lane)) ?? 0,
		lanes() {
			const lanes = new Map([...flights.values()].map(({lane}) => [nameOf(lane), lane]));
			return [...lanes.values()];
		},
		heard,
		get size() {
			return flights.size;
		},
	};
}
