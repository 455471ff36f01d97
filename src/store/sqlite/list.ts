import type {DatabaseSync} from 'node:sqlite';
import {isTerminal, type TaskState} from '#actors/task.ts';
import type {ListQuery} from '#store/query.ts';
import {type TaskRecord, taskRowOf} from '#store/row.ts';
import type {TaskRow} from '#store/store.ts';

// Four roads to a page, newest first; each statement names its index, because the planner can't know
// that what people look for (the dead, the waiting) is rare among millions that went well.
// ?1 before, ?2 states as a JSON array or null, ?3 asynchronous only, ?4 limit, ?5 function.
const listAll = `select * from tasks
	where id < ?1 and (?2 is null or state in (select value from json_each(?2)))
	and (?3 = 0 or asynchronous = 1) and ?5 is null order by id desc limit ?4`;
const listFunction = `select * from tasks indexed by tasks_function
	where function = ?5 and id < ?1 and (?2 is null or state in (select value from json_each(?2)))
	and (?3 = 0 or asynchronous = 1) order by id desc limit ?4`;
const listOpen = `select * from tasks indexed by tasks_open
	where open = 1 and id < ?1 and state in (select value from json_each(?2))
	and (?3 = 0 or asynchronous = 1) and (?5 is null or function = ?5) order by id desc limit ?4`;
const listFailed = `select * from tasks indexed by tasks_failed
	where open = 0 and state <> 'succeeded' and id < ?1 and state in (select value from json_each(?2))
	and (?3 = 0 or asynchronous = 1) and (?5 is null or function = ?5) order by id desc limit ?4`;
const openIds = `select id from tasks indexed by tasks_open
	where open = 1 and function = ? order by id limit ?`;

/** Sorts after every id. */
const last = '\u{10FFFF}';

export function prepareList(db: DatabaseSync) {
	const all = db.prepare(listAll);
	const ofFunction = db.prepare(listFunction);
	const open = db.prepare(listOpen);
	const failed = db.prepare(listFailed);
	const road = ({function: fn, states}: ListQuery) => {
		if (states?.every(state => !isTerminal(state))) return open;
		if (states?.every(isFailure)) return failed;
		return fn === undefined ? all : ofFunction;
	};
	return (query: ListQuery): TaskRow[] => {
		const {before = last, states, asynchronous = false, limit, function: fn} = query;
		const wanted = states ? JSON.stringify(states) : null;
		const records = road(query).all(before, wanted, asynchronous ? 1 : 0, limit, fn ?? null);
		return (records as TaskRecord[]).map(taskRowOf);
	};
}

const isFailure = (state: TaskState): boolean => isTerminal(state) && state !== 'succeeded';

export function prepareOpenOf(db: DatabaseSync) {
	const ids = db.prepare(openIds);
	return (fn: string, limit: number): string[] => (ids.all(fn, limit) as {id: string}[]).map(({id}) => id);
}
