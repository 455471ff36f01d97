import type {DatabaseSync} from 'node:sqlite';
import type {TimerKind} from '#actors/task.ts';
import type {Clock} from '#lib/clock.ts';
import type {Fate, Timer} from '#store/store.ts';

const setTimer = `insert into timers(task, kind, at, attempt) values(?, ?, ?, ?)
	on conflict(task, kind) do update set at = excluded.at, attempt = excluded.attempt`;
const clearTimer = 'delete from timers where task = ? and kind = ?';
const clearTimers = 'delete from timers where task = ?';
const tidyTimer = 'delete from timers where task = ? and kind = ? and at = ? and attempt = ?';
const dueTimers = 'select task, kind, at, attempt from timers where at <= ? order by at, task, kind limit ?';
// Whose homes live no more fires for everybody: the revision decides who was first.
const dueAtHome = `select timers.task, timers.kind, timers.at, timers.attempt from timers
	join tasks on tasks.id = timers.task left join homes on homes.home = tasks.home
	where timers.at <= ?1 and (tasks.home = ?3 or homes.live_until is null or homes.live_until <= ?4)
	order by timers.at, timers.task, timers.kind limit ?2`;
const nextTimer = 'select min(at) as at from timers';

/** A task has at most one timer of a kind. */
export type TimerWriter = {
	set(timer: Timer): void;
	clear(task: string, kind: TimerKind): void;
	clearAll(task: string): void;
	/** Deletes this very timer; `conflict` if it is gone or was set anew. */
	tidy(timer: Timer): Fate;
};

export function prepareTimers(db: DatabaseSync): TimerWriter {
	const set = db.prepare(setTimer);
	const clear = db.prepare(clearTimer);
	const clearAll = db.prepare(clearTimers);
	const tidy = db.prepare(tidyTimer);
	return {
		set: timer => void set.run(timer.task, timer.kind, timer.at, timer.attempt),
		clear: (task, kind) => void clear.run(task, kind),
		clearAll: task => void clearAll.run(task),
		tidy({task, kind, at, attempt}) {
			return tidy.run(task, kind, at, attempt).changes === 0 ? 'conflict' : 'done';
		},
	};
}

export function prepareDue(db: DatabaseSync, clock: Clock) {
	const due = db.prepare(dueTimers);
	const atHome = db.prepare(dueAtHome);
	const next = db.prepare(nextTimer);
	return {
		due: (now: number, limit: number, home?: string): Timer[] => {
			const rows = home === undefined ? due.all(now, limit) : atHome.all(now, limit, home, clock.now());
			return rows.map(row => ({...row}) as Timer);
		},
		nextDue: () => (next.get() as {at: number | null}).at ?? undefined,
	};
}
