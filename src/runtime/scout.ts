// Where several servers put work into one queue, it may never be empty; and one that has found something there (at
// its start, or when another died) may put nothing more there. Then nothing that comes out tells that one that
// what it has found has passed. So in time it dispatches one of those again: when the second copy comes out,
// all that was before it has.
import {laneName} from '#actors/lane.ts';
import type {Flight, InFlight} from './inFlight.ts';
import type {Roster} from './roster.ts';

/** For so long something else may be queued, or the queue may run dry. */
const patienceMs = 3_600_000;

/** One of each lane in which nothing was put later: of those that were found there long ago and no worker names. */
export function scoutsOf(
	silent: readonly Flight[],
	inFlight: Pick<InFlight, 'list' | 'passed'>,
	roster: Pick<Roster, 'live'>,
	now: number,
): ReadonlySet<Flight> {
	const isOld = ({at, foundAt = at}: Flight) => now - foundAt >= patienceMs;
	/** The last of each lane that this process has put there, or is about to. */
	const last = new Map<string, number>();
	for (const flight of inFlight.list()) {
		const {lane, order, to, foundAt} = flight;
		const isStuck = order === Number.POSITIVE_INFINITY && isOld(flight);
		if (foundAt !== undefined || typeof to === 'string' || isStuck) continue;
		last.set(laneName(lane), Math.max(order, last.get(laneName(lane)) ?? 0));
	}
	const scouts = new Map<string, Flight>();
	for (const flight of silent) {
		const {lane, order} = flight;
		const name = laneName(lane);
		const isFollowed = (last.get(name) ?? 0) > order || (inFlight.passed(lane, now) ?? 0) >= order;
		if (isFollowed || !isOld(flight) || scouts.has(name)) continue;
		if (roster.live(lane.pool).length > 0) scouts.set(name, flight);
	}
	return new Set(scouts.values());
}
