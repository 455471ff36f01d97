// Leases are compared by one clock for all nodes: the server's.
import {type HomeAbout, type HomeRecord, type HomeRow, homeViewOf, type Lease} from '#store/home.ts';
import {Fenced, type Placed} from '#store/store.ts';
import type {Database, Session} from './database.ts';

/** The server's time, ms since the epoch. */
export const serverNow = '(extract(epoch from clock_timestamp()) * 1000)::bigint';

const openHome = {
	name: 'open',
	text: `insert into homes(home, epoch, seq, acted_through, host, version, local_pool, areas, opened_at, heard_at)
			values($1, 1, 0, 0, $2, $3, $4, $5, ${serverNow}, ${serverNow})
		on conflict(home) do update set epoch = homes.epoch + 1, host = excluded.host, version = excluded.version,
			local_pool = excluded.local_pool, areas = excluded.areas, opened_at = excluded.opened_at, heard_at = excluded.heard_at, forgotten = false
		returning home, epoch, seq, acted_through as "actedThrough"`,
};
const renewHome = {
	name: 'renew',
	text: `update homes set
			live_until = case when $1::bigint > 0 then ${serverNow} + $1::bigint end,
			acted_through = greatest(acted_through, $2::bigint), heard_at = ${serverNow}, forgotten = false
		where home = $3 and epoch = $4::bigint returning home`,
};
const listHomes = {
	name: 'homes',
	text: `select home, epoch, seq, acted_through as "actedThrough",
		live_until is not null and live_until > ${serverNow} as live, live_until is null as left, forgotten,
		host, version, local_pool as "localPool", areas, opened_at as "openedAt", heard_at as "heardAt" from homes order by home`,
};
const forgetHome = {
	name: 'forget',
	text: `with gone as (
		update homes set forgotten = true
		where home = $1 and (live_until is null or live_until <= ${serverNow})
			and not exists(select from tasks where open and placed and home = homes.home)
			and not exists(select from tasks where not open and home = homes.home and seq > homes.acted_through)
		returning home
	), cells as (
		delete from counts using gone where counts.home = gone.home
		returning counts.function, counts.state, counts.placed, counts.pool, counts.class, counts.count
	), moved as (
		insert into counts(home, function, state, placed, pool, class, count)
		select '', function, state, placed, pool, class, count from cells
		order by function, state, placed, pool, class
		on conflict(home, function, state, placed, pool, class) do update set count = counts.count + excluded.count
	)
	select home from gone`,
};
const readHome = {name: 'home', text: 'select epoch from homes where home = $1'};
const countPlaced = {
	name: 'placed',
	text: `select pool, class, function, count(*) as placed from tasks where open and placed and home = $1
		group by pool, class, function order by pool, class, function`,
};

export function prepareHomes({read, write, live}: Database) {
	return {
		open: async (home: string, about?: HomeAbout): Promise<HomeRow> => {
			const {host = null, version = null, localPool = null, areas = null} = about ?? {};
			const [row] = await write.run<HomeRow>(openHome, [home, host, version, localPool, areas]);
			return row as HomeRow;
		},
		renew: async ({home, epoch, actedThrough, leaseMs}: Lease): Promise<void> => {
			const renewed = await live.run(renewHome, [leaseMs, actedThrough, home, epoch]);
			if (renewed.length === 0) throw await fenced(live, {home, epoch});
		},
		homes: async () => (await read.run<HomeRecord>(listHomes)).map(homeViewOf),
		forget: async (home: string) => (await write.run(forgetHome, [home])).length > 0,
		placed: (home: string) => read.run<Placed>(countPlaced, [home]),
	};
}

/** Why a home of that epoch may commit nothing. */
export async function fenced(
	session: Session,
	{home, epoch}: {home: string; epoch: number},
): Promise<Fenced> {
	const [now] = await session.run<{epoch: number}>(readHome, [home]);
	if (!now) return new Fenced(`The home ${home} was never opened in this store: open it before committing`);
	return new Fenced(
		`The home ${home} was opened by another process (epoch ${now.epoch}, this one has ${epoch}): ` +
			'stop this process, or give each its own node.id',
	);
}
