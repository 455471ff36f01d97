import type {Session} from './database.ts';

// A row that still owes an effect stays, however old: its home's `acted_through` has not passed it. Rows
// that somebody works on are passed by, so nobody waits for a pruning, nor it for anybody.
const bodies = ['inputs', 'logs', 'history'];
const prune = {
	name: 'prune',
	text: `with ended as materialized (
		select tasks.id, tasks.function, tasks.state, tasks.placed, tasks.pool, tasks.class
		from tasks join homes on homes.home = tasks.home
		where not tasks.open and tasks.ended_at < $1::bigint and tasks.seq <= homes.acted_through
		order by tasks.ended_at limit $2 for update of tasks skip locked
	), gone as (
		delete from tasks using ended where tasks.id = ended.id
	), ${bodies.map(table => `gone_${table} as (delete from ${table} using ended where task = ended.id)`).join(', ')}
	, counted as (
		insert into counts(home, function, state, placed, pool, class, count)
		select '', function, state, placed, pool, class, sum(delta) from (
			select function, state, placed, pool, class, -1 as delta from ended
			union all select function, 'accepted', false, pool, class, -1 from ended
		) as deltas group by function, state, placed, pool, class
		order by function, state, placed, pool, class
		on conflict(home, function, state, placed, pool, class) do update set count = counts.count + excluded.count
	)
	select count(*) as count from ended`,
};

export function preparePrune(write: Session) {
	return async ({endedBefore, limit}: {endedBefore: number; limit: number}): Promise<number> =>
		(await write.run<{count: number}>(prune, [endedBefore, limit]))[0]?.count ?? 0;
}
