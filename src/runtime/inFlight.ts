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
	/** When a heartbeat named it last. */
	heardAt: number | undefined;
	/** Since when it seems to be nowhere. */
	missingSince: number | undefined;
	/** It is being dispatched again: the commit makes a new entry of it. */
	healing: boolean;
};

export type InFlight = {
	/** A commit made the row what it is. */
	applied(row: TaskRow): void;
	forget(task: string): void;
	get(task: string): Flight | undefined;
	list(): Iterable<Flight>;
	/** The latest time of dispatch among those that a worker had, by lane: queues are in order. */
	passed(lane: Lane): number;
	lanes(): Lane[];
	/** A heartbeat named it. */
	heard(flight: Flight, at: number): void;
	readonly size: number;
};

/** Which queue of work. */
export type Lane = {readonly pool: string; readonly class: string};

export const nameOf = ({pool, class: lane}: Lane): string => `${pool} ${lane}`;

export function createInFlight(): InFlight {
	const flights = new Map<string, Flight>();
	const passed = new Map<string, number>();
	const pass = ({lane, at}: Flight) => {
		const name = nameOf(lane);
		passed.set(name, Math.max(at, passed.get(name) ?? 0));
	};
	return {
		applied(row) {
			const known = flights.get(row.id);
			if (!row.placed) {
				// It ended, or failed: a worker had it, unless somebody ended it from outside.
				if (known && row.startedAt !== null) pass(known);
				flights.delete(row.id);
				return;
			}
			const {id: task, attempt, updatedAt: at, pool, class: lane} = row;
			const flight = {task, attempt, at, lane: {pool, class: lane}};
			flights.set(task, {...flight, heardAt: undefined, missingSince: undefined, healing: false});
		},
		forget: task => void flights.delete(task),
		get: task => flights.get(task),
		list: () => flights.values(),
		passed: lane => passed.get(nameOf(lane)) ?? 0,
		lanes() {
			const lanes = new Map([...flights.values()].map(({lane}) => [nameOf(lane), lane]));
			return [...lanes.values()];
		},
		heard(flight, at) {
			flight.heardAt = at;
			flight.missingSince = undefined;
			pass(flight);
		},
		get size() {
			return flights.size;
		},
	};
}
