import type {DatabaseSync} from 'node:sqlite';
import type {Task} from '#actors/task.ts';
import {isOpen, troubleOf} from '#store/row.ts';
import type {Fate, Move} from '#store/store.ts';
import {usageOrRoom} from './birth.ts';
import type {RecentRows} from './recent.ts';
import type {Stamping} from './stamp.ts';
import type {TimerWriter} from './timers.ts';

// What never changes after birth (function, pool, class, key, origin) is not written again, so its indexes
// are not touched either.
const next = `version = ?, state = ?, open = ?, placed = ?, attempt = ?, max_attempts = ?, reply_to = ?,
	home = ?, epoch = ?, seq = ?, revision = revision + 1, updated_at = ?, started_at = ?, ended_at = ?,
	expires_at = ?, deadline = ?, due_at = ?, usage = ?, trouble = ?`;
// R1: only the revision that was decided on is replaced.
const updateRecent = `update tasks set ${next} where n = ? and id = ? and revision = ?`;
const updateOther = `update tasks set was_state = state, was_placed = placed, ${next}
where id = ? and revision = ?
returning n, was_state, was_placed`;
const insertResult = 'insert into results(n, body) values(?, ?) on conflict do nothing';
const insertHistory = 'insert into history(n, revision, entries) values(?, ?, ?)';
const insertLog = 'insert into logs(n, attempt, lines) values(?, ?, ?) on conflict do nothing';

/** The row that was replaced. */
type Was = {readonly n: number | bigint; readonly state: string; readonly placed: boolean};
type Returned = {readonly n: number; readonly was_state: string; readonly was_placed: number};

export function prepareMove(db: DatabaseSync, timers: TimerWriter, recent: RecentRows) {
	const update = prepareUpdate(db, recent);
	const result = db.prepare(insertResult);
	const log = db.prepare(insertLog);
	const history = db.prepare(insertHistory);
	return (move: Move, stamp: Stamping): Fate => {
		const {task, expected} = move;
		const was = update(move, stamp);
		if (!was) return 'conflict';
		recent.met(task, was.n, expected + 1);
		if (move.result) result.run(was.n, move.result);
		if (move.log) log.run(was.n, move.log.attempt, move.log.lines);
		if (move.history) history.run(was.n, expected + 1, move.history);
		moveTimers(move, timers);
		stamp.tally.add(task, was.state, was.placed ? 1 : 0, -1);
		stamp.tally.add(task, task.state, task.placed ? 1 : 0, 1);
		return 'done';
	};
}

function prepareUpdate(db: DatabaseSync, recent: RecentRows) {
	const known = db.prepare(updateRecent);
	const other = db.prepare(updateOther);
	return ({task, expected}: Move, stamp: Stamping): Was | undefined => {
		const row = recent.get(task.id);
		if (row?.revision === expected) {
			const {changes} = known.run(...nextOf(task, stamp), row.n, task.id, expected);
			return changes === 0 ? undefined : row;
		}
		const was = other.get(...nextOf(task, stamp), task.id, expected) as Returned | undefined;
		return was && {n: was.n, state: was.was_state, placed: was.was_placed === 1};
	};
}

const nextOf = (task: Task, stamp: Stamping) => [
	task.version,
	task.state,
	isOpen(task) ? 1 : 0,
	task.placed ? 1 : 0,
	task.attempt,
	task.maxAttempts,
	task.replyTo,
	stamp.home,
	stamp.epoch,
	stamp.seq,
	task.updatedAt,
	task.startedAt,
	task.endedAt,
	task.expiresAt,
	task.deadline,
	task.dueAt,
	usageOrRoom(task),
	troubleOf(task),
];

/** R18: timers change with the transition they belong to, in its commit. */
function moveTimers({task, clear, set}: Move, timers: TimerWriter): void {
	if (clear === 'all') timers.clearAll(task.id);
	else for (const kind of clear ?? []) timers.clear(task.id, kind);
	for (const timer of set ?? []) timers.set(timer);
}
