import type {DatabaseSync} from 'node:sqlite';
import {isOpen, troubleOf} from '#store/row.ts';
import type {Fate, Move} from '#store/store.ts';
import {usageOrRoom} from './birth.ts';
import type {Stamping} from './stamp.ts';
import type {TimerWriter} from './timers.ts';

// R1: only the revision that was decided on is replaced. What never changes after birth (function,
// pool, class, key, origin) is not written again, so its indexes are not touched either.
const updateTask = `update tasks set
	version = ?, was_state = state, was_placed = placed, state = ?, open = ?, placed = ?, attempt = ?,
	max_attempts = ?, reply_to = ?, home = ?, epoch = ?, seq = ?, revision = revision + 1,
	updated_at = ?, started_at = ?, ended_at = ?, expires_at = ?, deadline = ?, due_at = ?,
	usage = ?, trouble = ?
where id = ? and revision = ?
returning n, was_state, was_placed`;
const insertResult = 'insert into results(n, body) values(?, ?) on conflict do nothing';
const insertHistory = 'insert into history(n, revision, entries) values(?, ?, ?)';
const insertLog = 'insert into logs(n, attempt, lines) values(?, ?, ?) on conflict do nothing';

type Was = {readonly n: number; readonly was_state: string; readonly was_placed: number};

export function prepareMove(db: DatabaseSync, timers: TimerWriter) {
	const update = db.prepare(updateTask);
	const result = db.prepare(insertResult);
	const log = db.prepare(insertLog);
	const history = db.prepare(insertHistory);
	return (move: Move, stamp: Stamping): Fate => {
		const t = move.task;
		const placed = t.placed ? 1 : 0;
		const was = update.get(
			t.version,
			t.state,
			isOpen(t) ? 1 : 0,
			placed,
			t.attempt,
			t.maxAttempts,
			t.replyTo,
			stamp.home,
			stamp.epoch,
			stamp.seq,
			t.updatedAt,
			t.startedAt,
			t.endedAt,
			t.expiresAt,
			t.deadline,
			t.dueAt,
			usageOrRoom(t),
			troubleOf(t),
			t.id,
			move.expected,
		) as Was | undefined;
		if (!was) return 'conflict';
		if (move.result) result.run(was.n, move.result);
		if (move.log) log.run(was.n, move.log.attempt, move.log.lines);
		if (move.history) history.run(was.n, move.expected + 1, move.history);
		moveTimers(move, timers);
		stamp.tally.add(t, was.was_state, was.was_placed, -1);
		stamp.tally.add(t, t.state, placed, 1);
		return 'done';
	};
}

/** R18: timers change with the transition they belong to, in its commit. */
function moveTimers({task, clear, set}: Move, timers: TimerWriter): void {
	if (clear === 'all') timers.clearAll(task.id);
	else for (const kind of clear ?? []) timers.clear(task.id, kind);
	for (const timer of set ?? []) timers.set(timer);
}
