import type {DatabaseSync} from 'node:sqlite';
import type {Clock} from '#lib/clock.ts';
import type {HomeRow, HomeView, Lease} from '#store/home.ts';
import {Fenced, type Placed} from '#store/store.ts';
import type {Transact} from './database.ts';

const openHome = `insert into homes(home, epoch, seq, acted_through) values(?, 1, 0, 0)
	on conflict do update set epoch = epoch + 1
	returning home, epoch, seq, acted_through as actedThrough`;
const renewHome = `update homes set live_until = ?, acted_through = max(acted_through, ?)
	where home = ? and epoch = ?`;
const listHomes = `select home, epoch, seq, acted_through as actedThrough,
	live_until is not null and live_until > ? as live from homes order by home`;
const readHome = 'select epoch from homes where home = ?';
const countPlaced = `select pool, class, function, count(*) as placed from tasks indexed by tasks_open
	where open = 1 and placed = 1 and home = ? group by pool, class, function order by pool, class, function`;

export function prepareHomes(db: DatabaseSync, transact: Transact, clock: Clock) {
	const open = db.prepare(openHome);
	const renew = db.prepare(renewHome);
	const list = db.prepare(listHomes);
	const placed = db.prepare(countPlaced);
	const fenced = prepareFence(db);
	return {
		open: (home: string): HomeRow => transact(() => ({...(open.get(home) as HomeRow)})),
		renew: ({home, epoch, actedThrough, leaseMs}: Lease): void => {
			transact(() => {
				const {changes} = renew.run(leaseMs > 0 ? clock.now() + leaseMs : null, actedThrough, home, epoch);
				if (changes === 0) throw fenced(home, epoch);
			});
		},
		homes: (): HomeView[] =>
			list.all(clock.now()).map(row => ({...(row as HomeRow), live: (row as {live: number}).live === 1})),
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
