import type {DatabaseSync} from 'node:sqlite';
import type {Clock} from '#lib/clock.ts';
import {
	type HomeAbout,
	type HomeRecord,
	type HomeRow,
	type HomeView,
	homeViewOf,
	type Lease,
} from '#store/home.ts';
import {Fenced, type Placed} from '#store/store.ts';
import type {Transact} from './database.ts';

const openHome = `insert into homes(home, epoch, seq, acted_through, host, version, local_pool, areas, opened_at, heard_at)
		values(?1, 1, 0, 0, ?2, ?3, ?4, ?5, ?6, ?6)
	on conflict do update set epoch = epoch + 1, host = excluded.host, version = excluded.version,
		local_pool = excluded.local_pool, areas = excluded.areas, opened_at = excluded.opened_at, heard_at = excluded.heard_at, forgotten = 0
	returning home, epoch, seq, acted_through as actedThrough`;
const renewHome = `update homes set live_until = ?, acted_through = max(acted_through, ?), heard_at = ?, forgotten = 0
	where home = ? and epoch = ?`;
const listHomes = `select home, epoch, seq, acted_through as actedThrough,
	live_until is not null and live_until > ? as live, live_until is null as left, forgotten,
	host, version, local_pool as localPool, areas, opened_at as openedAt, heard_at as heardAt from homes order by home`;
const forgetHome = `update homes set forgotten = 1
	where home = ? and (live_until is null or live_until <= ?)
		and not exists(select 1 from tasks where open = 1 and placed = 1 and home = homes.home)
		and not exists(select 1 from tasks where open = 0 and home = homes.home and seq > homes.acted_through)`;
const readHome = 'select epoch from homes where home = ?';
const countPlaced = `select pool, class, function, count(*) as placed from tasks indexed by tasks_open
	where open = 1 and placed = 1 and home = ? group by pool, class, function order by pool, class, function`;

type Flags = 'live' | 'left' | 'forgotten';
type FlatRecord = Omit<HomeRecord, Flags | 'areas'> &
	Readonly<Record<Flags, number>> & {readonly areas: number | null};

export function prepareHomes(db: DatabaseSync, transact: Transact, clock: Clock) {
	const open = db.prepare(openHome);
	const renew = db.prepare(renewHome);
	const list = db.prepare(listHomes);
	const forget = db.prepare(forgetHome);
	const placed = db.prepare(countPlaced);
	const fenced = prepareFence(db);
	return {
		open: (home: string, about?: HomeAbout): HomeRow => {
			const {host = null, version = null, localPool = null} = about ?? {};
			const said = [host, version, localPool, about ? Number(about.areas) : null];
			return transact(() => ({...(open.get(home, ...said, clock.now()) as HomeRow)}));
		},
		renew: ({home, epoch, actedThrough, leaseMs}: Lease): void => {
			transact(() => {
				const now = clock.now();
				const {changes} = renew.run(leaseMs > 0 ? now + leaseMs : null, actedThrough, now, home, epoch);
				if (changes === 0) throw fenced(home, epoch);
			});
		},
		homes: (): HomeView[] =>
			list.all(clock.now()).map(row => {
				const {live, left, forgotten, areas, ...rest} = row as FlatRecord;
				const flags = {live: live === 1, left: left === 1, forgotten: forgotten === 1};
				return homeViewOf({...rest, ...flags, areas: areas === null ? null : areas === 1});
			}),
		forget: (home: string): boolean => transact(() => forget.run(home, clock.now()).changes > 0),
		placed: (home: string): Placed[] => placed.all(home).map(row => ({...(row as Placed)})),
	};
}

/** Why a home of that epoch may commit nothing. */
export function prepareFence(db: DatabaseSync): (home: string, epoch: number) => Fenced {
	const current = db.prepare(readHome);
	return (home, epoch) => {
		const now = current.get(home) as {epoch: number} | undefined;
		if (!now) return new Fenced(`The home ${home} was never opened in this store: open it before committing`);
		return new Fenced(
			`The home ${home} was opened by another process (epoch ${now.epoch}, this one has ${epoch}): ` +
				'stop this process, or give each its own node.id',
		);
	};
}
