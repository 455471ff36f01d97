// What waits is read function by function, so that a function that is left out costs nothing, however much
// of it waits. To read little more than is given, even with hundreds of functions, a sample of the oldest of
// each says first how young a task may be to be among those that are given; of one alone it would be the same.
// `most` is null where a function has no bound of its own.
//
// What has left the backlog stays in the index until it is vacuumed, and every look steps over it: with 200,000 of
// them one cost 16 µs for each task that it gave. One that goes on `after` the last, behind them, costs 6.

import type {BacklogQuery} from '#store/query.ts';
import type {TaskRecord} from '#store/row.ts';
import type {TaskRow} from '#store/store.ts';
import type {Session} from './database.ts';
import {taskColumns, taskOf} from './read.ts';

const waiting = (bound: string, limit: string) => `lateral (
		select id from tasks
		where state = 'queued' and not placed and pool = $1 and class = $2 and function = fn.name and id > fn.after ${bound}
		order by id limit least(fn.most, ${limit})
	) as few`;

const oldest = {
	name: 'backlog',
	text: `with waits as materialized (
		select function as name,
			(select min(cap.most) from unnest($5::text[], $6::bigint[]) as cap(name, most) where cap.name = function) as most
		from counts where state = 'queued' and not placed and pool = $1 and class = $2
		group by function having sum(count) > 0 and function <> all($4::text[])
	), fn as materialized (
		select name, most, case when most is null then $7 else '' end as after from waits
	), sample as materialized (
		select id from fn, ${waiting('', '(select case when count(*) > 1 then $3::bigint / count(*) + 1 else 0 end from fn)')}
	), bound as materialized (
		select max(id) as id from (select id from sample order by id limit $3::bigint) as first
		having count(*) = $3::bigint
	), given as materialized (
		select few.id from fn, ${waiting("and id <= coalesce((select id from bound), U&'\\+10FFFF')", '$3::bigint')}
		order by few.id limit $3::bigint
	)
	select ${taskColumns} from tasks where id = any(array(select id from given)) order by id`,
};

export function prepareBacklog(read: Session) {
	return async ({
		pool,
		class: lane,
		limit,
		except = [],
		atMost = [],
		after = '',
	}: BacklogQuery): Promise<TaskRow[]> => {
		const caps = [atMost.map(({function: fn}) => fn), atMost.map(({count}) => count)];
		return (await read.run<TaskRecord>(oldest, [pool, lane, limit, except, ...caps, after])).map(taskOf);
	};
}
