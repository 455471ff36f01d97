// What waits is read function by function and put into order here, so that a function that is left out
// costs nothing, however much of it waits. Each is asked only for what is older than the youngest that
// would be given so far, and the index alone answers that, so even among hundreds of functions little
// more is read than is given.
import type {DatabaseSync} from 'node:sqlite';
import type {BacklogQuery} from '#store/query.ts';
import {type TaskRecord, taskRowOf} from '#store/row.ts';
import type {TaskRow} from '#store/store.ts';
import type {RecentRows} from './recent.ts';

const waitingFunctions = `select function from counts
	where state = 'queued' and placed = 0 and pool = ? and class = ? and count > 0 order by function`;
const idsOf = `select id, n from tasks indexed by tasks_waiting
	where state = 'queued' and placed = 0 and pool = ? and class = ? and function = ? and id > ? and id < ?
	order by id limit ?`;
const taskByRow = 'select * from tasks where n = ?';

/** Above every id. */
const last = '\u{10ffff}';

type Found = {readonly id: string; readonly n: number};

export function prepareBacklog(db: DatabaseSync, recent: RecentRows) {
	const functions = db.prepare(waitingFunctions);
	const some = db.prepare(idsOf);
	const one = db.prepare(taskByRow);
	return ({pool, class: lane, limit, except = [], atMost = [], after = ''}: BacklogQuery): TaskRow[] => {
		const leftOut = new Set(except);
		const caps = new Map(atMost.map(({function: fn, count}) => [fn, count]));
		let oldest: Found[] = [];
		for (const {function: fn} of functions.all(pool, lane) as {function: string}[]) {
			if (leftOut.has(fn)) continue;
			const before = oldest.length < limit ? last : (oldest.at(-1)?.id ?? last);
			const most = caps.get(fn);
			const from = most === undefined ? after : '';
			const found = some.all(pool, lane, fn, from, before, Math.min(limit, most ?? limit)) as Found[];
			if (found.length > 0) oldest = merge(oldest, found, limit);
		}
		return oldest.map(({n}) => {
			const row = taskRowOf(one.get(n) as TaskRecord);
			// It is about to be moved.
			recent.met(row, n, row.revision);
			return row;
		});
	};
}

/** The first `limit` of two lists that are each in order. */
function merge(some: readonly Found[], others: readonly Found[], limit: number): Found[] {
	const merged: Found[] = [];
	for (let a = 0, b = 0; merged.length < limit; ) {
		const [x, y] = [some[a], others[b]];
		if (x !== undefined && (y === undefined || x.id < y.id)) {
			merged.push(x);
			a++;
		} else if (y !== undefined) {
			merged.push(y);
			b++;
		} else break;
	}
	return merged;
}
