// What waits is read function by function and put into order here, so that a function that is left out
// costs nothing, however much of it waits. Each is asked only for what is older than the youngest that
// would be given so far, so even with many functions little more is read than is given.
import type {DatabaseSync} from 'node:sqlite';
import type {BacklogQuery, TaskRow} from '#store/store.ts';
import {type TaskRecord, taskRowOf} from './row.ts';

const waitingFunctions = `select function from counts
	where state = 'queued' and placed = 0 and count > 0 order by function`;
const backlogOf = `select * from tasks indexed by tasks_waiting
	where state = 'queued' and placed = 0 and pool = ? and class = ? and function = ? and id < ?
	order by id limit ?`;

/** Above every id. */
const last = '\u{10ffff}';

export function prepareBacklog(db: DatabaseSync) {
	const functions = db.prepare(waitingFunctions);
	const some = db.prepare(backlogOf);
	return ({pool, class: lane, limit, except = []}: BacklogQuery): TaskRow[] => {
		const leftOut = new Set(except);
		let oldest: TaskRecord[] = [];
		for (const {function: fn} of functions.all() as {function: string}[]) {
			if (leftOut.has(fn)) continue;
			const before = oldest.length < limit ? last : (oldest.at(-1)?.id ?? last);
			const found = some.all(pool, lane, fn, before, limit) as TaskRecord[];
			if (found.length > 0) oldest = merge(oldest, found).slice(0, limit);
		}
		return oldest.map(taskRowOf);
	};
}

function merge(some: readonly TaskRecord[], others: readonly TaskRecord[]): TaskRecord[] {
	if (some.length === 0) return [...others];
	return [...some, ...others].sort((a, b) => (a.id < b.id ? -1 : 1));
}
