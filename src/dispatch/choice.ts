import {mailboxPrefetch} from '#contract/work.ts';
import type {Live, Roster} from '#runtime/roster.ts';

/** Chooses the live worker of a pool that has the most room, and reserves a place in it; undefined: there is none. */
export type Choice = (pool: string) => string | undefined;

/** What a worker was sent since its last heartbeat, which does not name it yet. */
type Reserved = {readonly heardAt: number; count: number};

/** A worker is sent no more than this beyond what it holds; other servers may send to it too. */
const most = mailboxPrefetch / 2;

export function createChoice(roster: Pick<Roster, 'live'>): Choice {
	let reserved = new Map<string, Reserved>();

	const reservedFor = ({worker, heardAt}: Live): Reserved => {
		const known = reserved.get(worker);
		return known?.heardAt === heardAt ? known : {heardAt, count: 0};
	};
	return pool => {
		const places = roster.live(pool).map(live => ({...live, place: reservedFor(live)}));
		reserved = new Map(places.map(({worker, place}) => [worker, place]));
		const open = places.filter(({held, place}) => held + place.count < most);
		const [first, ...others] = open.map(({worker, slots, held, place}) => {
			return {worker, place, room: slots - held - place.count};
		});
		if (!first) return undefined;
		const best = others.reduce((a, b) => (b.room > a.room ? b : a), first);
		best.place.count++;
		return best.worker;
	};
}
