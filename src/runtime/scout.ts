// Where several servers put work into one queue, it may never be empty; and after its start one of them may put
// nothing more there. Then nothing that comes out tells that one that what it has found there has passed. So
// in time it dispatches one of those again: when the second copy comes out, all that was before it has.
import {laneName} from '#actors/lane.ts';
import type {Flight, InFlight} from './inFlight.ts';
import type {Roster} from './roster.ts';

/** For so long after the start something else may be queued, or the queue may run dry. */
const patienceMs = 3_600_000;

/** One of each lane in which nothing has come out since the start, nor will: of those that no worker names. */
export function scoutsOf(
	silent: readonly Flight[],
	inFlight: Pick<InFlight, 'list' | 'passed' | 'begunAt'>,
	roster: Pick<Roster, 'live'>,
	now: number,
): ReadonlySet<Flight> {
	if (now - inFlight.begunAt < patienceMs) return new Set();
	const followed = new Set<string>();
	for (const {lane, order, to} of inFlight.list()) {
		if (order > 0 && typeof to !== 'string') followed.add(laneName(lane));
	}
	const scouts = new Map<string, Flight>();
	for (const flight of silent) {
		const {lane, order} = flight;
		const name = laneName(lane);
		if (order > 0 || followed.has(name) || scouts.has(name)) continue;
		if (inFlight.passed(lane, now) === undefined && roster.live(lane.pool).length > 0)
			scouts.set(name, flight);
	}
	return new Set(scouts.values());
}
