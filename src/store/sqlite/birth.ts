import type {DatabaseSync} from 'node:sqlite';
import type {Task} from '#actors/task.ts';
import {isOpen, originOf, troubleOf, usageOf} from '#store/row.ts';
import type {Birth, Fate} from '#store/store.ts';
import type {RecentRows} from './recent.ts';
import type {Stamping} from './stamp.ts';
import type {TimerWriter} from './timers.ts';

// R10: the id and (function, key) are unique; whoever comes second is told `exists`.
const insertTask = `insert into tasks(
	id, function, version, pool, class, state, open, placed, attempt, max_attempts, asynchronous,
	key, reply_to, home, epoch, seq, revision, created_at, updated_at, started_at, ended_at,
	expires_at, deadline, due_at, origin, usage, trouble
) values(
	?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?,
	?, ?, ?, ?, ?, 1, ?, ?, ?, ?,
	?, ?, ?, ?, ?, ?
) on conflict do nothing`;
const insertInput = 'insert into inputs(n, body) values(?, ?)';
const insertHistory = 'insert into history(n, revision, entries) values(?, 1, ?)';

// Room for what the end of a task writes into its row (`usage` and some times, about 150 bytes). Rows are
// born one behind the other in full pages: one that grows there moves half of its page to another, and a
// commit writes both (measured: commits take 14 % less with the room).
const room = ' '.repeat(150);

export const usageOrRoom = (task: Task): string | null => usageOf(task) ?? (isOpen(task) ? room : null);

export function prepareBirth(db: DatabaseSync, timers: TimerWriter, recent: RecentRows) {
	const task = db.prepare(insertTask);
	const input = db.prepare(insertInput);
	const history = db.prepare(insertHistory);
	return (birth: Birth, stamp: Stamping): Fate => {
		const t = birth.task;
		const placed = t.placed ? 1 : 0;
		const {changes, lastInsertRowid} = task.run(
			t.id,
			t.function,
			t.version,
			t.pool,
			t.class,
			t.state,
			isOpen(t) ? 1 : 0,
			placed,
			t.attempt,
			t.maxAttempts,
			t.asynchronous ? 1 : 0,
			t.key,
			t.replyTo,
			stamp.home,
			stamp.epoch,
			stamp.seq,
			t.createdAt,
			t.updatedAt,
			t.startedAt,
			t.endedAt,
			t.expiresAt,
			t.deadline,
			t.dueAt,
			originOf(t),
			usageOrRoom(t),
			troubleOf(t),
		);
		if (changes === 0) return 'exists';
		recent.met(t, lastInsertRowid, 1);
		input.run(lastInsertRowid, birth.input);
		if (birth.history) history.run(lastInsertRowid, birth.history);
		for (const timer of birth.timers ?? []) timers.set(timer);
		stamp.tally.add(t, t.state, placed, 1);
		stamp.tally.add(t, 'accepted', 0, 1);
		return 'done';
	};
}
