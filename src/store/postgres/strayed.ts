// What the audit asks for: each by an index that holds little else.
import type {InBrokerQuery} from '#store/query.ts';
import type {Timer, Waiting} from '#store/store.ts';
import type {Session} from './database.ts';

const untimedOf = (kind: Timer['kind'], at: string, where: string): string => `select * from (
		select id as task, '${kind}' as kind, ${at} as at, attempt from tasks
		where ${where} and ${at} <= $1::bigint order by ${at} limit $2
	) as ${kind} where not exists(select from timers where timers.task = ${kind}.task and timers.kind = '${kind}')`;

export const untimed = {
	name: 'untimed',
	text: [
		untimedOf('retry', 'due_at', "state = 'retrying'"),
		untimedOf('expire', 'expires_at', 'open and expires_at is not null and started_at is null'),
		untimedOf('deadline', 'deadline', 'open and deadline is not null'),
	].join(' union all '),
};

export const inBroker = {
	name: 'in_broker',
	text: 'select id from tasks where open and placed and home = $1 and id > $2 order by id limit $3',
};

// From one lane and function to the next, without the tasks between them.
export const waiting = {
	name: 'waiting',
	text: `with recursive groups as (
		(select pool, class, function from tasks where state = 'queued' and not placed
			order by pool, class, function limit 1)
		union all
		select next.* from groups, lateral (
			select pool, class, function from tasks where state = 'queued' and not placed
				and (pool, class, function) > (groups.pool, groups.class, groups.function)
			order by pool, class, function limit 1
		) as next
	)
	select groups.*, first.id as task from groups, lateral (
		select id from tasks where state = 'queued' and not placed
			and pool = groups.pool and class = groups.class and function = groups.function
		order by id limit $1
	) as first`,
};

export function prepareStrayed(read: Session) {
	return {
		untimed: (now: number, limit: number) => read.run<Timer>(untimed, [now, limit]),
		waiting: (each: number) => read.run<Waiting>(waiting, [each]),
		inBroker: async ({home, after, limit}: InBrokerQuery): Promise<string[]> =>
			(await read.run<{id: string}>(inBroker, [home, after, limit])).map(({id}) => id),
	};
}
