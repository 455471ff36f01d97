// What the audit asks for: each by an index that holds little else, but for what is in the broker. An index of
// that would be written by every birth and every end; the one of open rows is there, and is read in slices, so
// that commits go on between them however much waits.
import type {DatabaseSync} from 'node:sqlite';
import {setImmediate as turn} from 'node:timers/promises';
import type {InBrokerQuery} from '#store/query.ts';
import type {Timer, Waiting} from '#store/store.ts';

const kinds = [
	['retry', 'due_at', "state = 'retrying'"],
	['expire', 'expires_at', 'open = 1 and expires_at is not null and started_at is null'],
	['deadline', 'deadline', 'open = 1 and deadline is not null'],
] as const;

const untimedOf = ([kind, at, where]: (typeof kinds)[number]): string => `select * from (
		select id as task, '${kind}' as kind, ${at} as at, attempt from tasks indexed by tasks_${kind}
		where ${where} and ${at} <= ?1 order by ${at} limit ?2
	) as late where not exists(select 1 from timers where timers.task = late.task and timers.kind = late.kind)`;

const slice = 10_000;
const sliceEnd = `select max(id) as last from (
		select id from tasks indexed by tasks_open where open = 1 and id > ? order by id limit ${slice}
	)`;
const inSlice = `select id from tasks indexed by tasks_open
	where open = 1 and placed = 1 and home = ? and id > ? and id <= ? order by id limit ?`;

// From one lane and function to the next, without the tasks between them.
const nextGroup = `select pool, class, function from tasks indexed by tasks_waiting
	where state = 'queued' and placed = 0 and (pool, class, function) > (?, ?, ?)
	order by pool, class, function limit 1`;
const firstOf = `select pool, class, function, id as task from tasks indexed by tasks_waiting
	where state = 'queued' and placed = 0 and pool = ? and class = ? and function = ? order by id limit ?`;

export function prepareStrayed(db: DatabaseSync) {
	const untimed = kinds.map(kind => db.prepare(untimedOf(kind)));
	const end = db.prepare(sliceEnd);
	const placed = db.prepare(inSlice);
	const next = db.prepare(nextGroup);
	const first = db.prepare(firstOf);
	const waiting = (each: number): Waiting[] => {
		const found: Waiting[] = [];
		let at = next.get('', '', '') as Waiting | undefined;
		while (at) {
			const {pool, class: lane, function: fn} = at;
			found.push(...first.all(pool, lane, fn, each).map(row => ({...row}) as Waiting));
			at = next.get(pool, lane, fn) as Waiting | undefined;
		}
		return found;
	};
	const inBroker = async ({home, after, limit}: InBrokerQuery): Promise<string[]> => {
		const found: string[] = [];
		for (let from = after; found.length < limit; await turn()) {
			const {last} = end.get(from) as {last: string | null};
			if (last === null) break;
			const rows = placed.all(home, from, last, limit - found.length) as {id: string}[];
			found.push(...rows.map(({id}) => id));
			from = last;
		}
		return found;
	};
	return {
		untimed: (now: number, limit: number): Timer[] =>
			untimed.flatMap(one => one.all(now, limit).map(row => ({...row}) as Timer)),
		inBroker,
		waiting,
	};
}
