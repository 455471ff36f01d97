import type {Timer} from '#store/store.ts';
import type {Session} from './database.ts';
import {serverNow} from './homes.ts';

const dueTimers = {
	name: 'due',
	text: `select task, kind, at, attempt from timers where at <= $1::bigint
		order by at, task, kind limit $2`,
};
// Whose homes live no more fires for everybody: the revision decides who was first.
const dueAtHome = {
	name: 'due_at_home',
	text: `select timers.task, timers.kind, timers.at, timers.attempt from timers
		join tasks on tasks.id = timers.task left join homes on homes.home = tasks.home
		where timers.at <= $1::bigint
			and (tasks.home = $3 or homes.live_until is null or homes.live_until <= ${serverNow})
		order by timers.at, timers.task, timers.kind limit $2`,
};
const nextTimer = {name: 'next_due', text: 'select at from timers order by at limit 1'};

export function prepareDue(read: Session) {
	return {
		due: (now: number, limit: number, home?: string): Promise<Timer[]> =>
			home === undefined
				? read.run<Timer>(dueTimers, [now, limit])
				: read.run<Timer>(dueAtHome, [now, limit, home]),
		nextDue: async (): Promise<number | undefined> => {
			return (await read.run<{at: number}>(nextTimer))[0]?.at;
		},
	};
}
