// What waits is read function by function and put into order here, so that a function that is left out
// costs nothing, however much of it waits. Each is asked only for what is older than the youngest that
// would be given so far, and the index alone answers that, so even among hundreds of functions little
// more is read than is given.
import type {DatabaseSync} from 'node:sqlite';
import type {BacklogQuery} from '#store/query.ts';
import {type TaskRecord, taskRowOf} from '#store/row.ts';
import type {TaskRow} from '#store/store.ts';

const waitingFunctions = `select function from counts
	where state = 'queued' and placed = 0 and pool = ? and class = ? and count > 0 order by function`;
const idsOf = `select id from tasks indexed by tasks_waiting
	where state = 'queued' and placed = 0 and pool = ? and class = ? and function = ? and id < ?
	order by id limit ?`;
const taskById = 'select * from tasks where id = ?';

/** Above every id. */
const last = '\u{10ffff}';

export function prepareBacklog(db: DatabaseSync) {
	const functions = db.prepare(waitingFunctions);
	const some = db.prepare(idsOf);
	const one = db.prepare(taskById);
	return ({pool, class: lane, limit, except = [], atMost = []}: BacklogQuery): TaskRow[] => {
		const leftOut = new Set(except);
		const caps = new Map(atMost.map(({function: fn, count}) => [fn, count]));
		let oldest: string[] = [];
		for (const {function: fn} of functions.all(pool, lane) as {function: string}[]) {
			if (leftOut.has(fn)) continue;
			const before = oldest.length < limit ? last : (oldest.at(-1) ?? last);
			const found = (
				some.all(pool, lane, fn, before, Math.min(limit, caps.get(fn) ?? limit)) as {id: string}[]
			).map(({id}) => id);
			if (found.length > 0) oldest = merge(oldest, found, limit);
		}
		return oldest.map(id => taskRowOf(one.get(id) as TaskRecord));
	};
}

/** The first `limit` of two lists that are each in order. */
function merge(some: readonly string[], others: readonly string[], limit: number): string[] {
	const merged: string[] = [];
	for (let a = 0, b = 0; merged.length < limit; ) {
		const [x, y] = [some[a], others[b]];
		if (x !== undefined && (y === undefined || x < y)) {
			merged.push(x);
			a++;
		} else if (y !== undefined) {
			merged.push(y);
			b++;
		} else break;
	}
	return merged;
}
