import {isTerminal, type TaskState} from '#actors/task.ts';
import type {ListQuery} from '#store/query.ts';
import type {TaskRecord} from '#store/row.ts';
import type {TaskRow} from '#store/store.ts';
import type {Session} from './database.ts';
import {taskColumns, taskOf} from './read.ts';
import {storable} from './text.ts';

// Four roads to a page, newest first. The conditions of the last two are those of small indexes: what
// people look for (the dead, the waiting) is rare among millions that went well.
// $1 before, $2 states or null, $3 asynchronous only, $4 limit, $5 function or null.
const pageOf = (conditions: string): string => `select ${taskColumns} from tasks
		where id < $1 and ($2::text[] is null or state = any($2::text[])) and (not $3::boolean or asynchronous)
			and ${conditions}
		order by id desc limit $4`;
// Open rows lie by home, and apart whether they are placed: a page of each, of which the first make the page.
const openOf = (page: string): string =>
	`select page.* from homes, (values (true), (false)) as side(placed), lateral (${page}) as page`;
const ofSide = 'open and tasks.home = homes.home and tasks.placed = side.placed';
const roads = {
	all: {name: 'list_all', text: pageOf('$5::text is null')},
	ofFunction: {name: 'list_function', text: pageOf('function = $5::text')},
	open: {
		name: 'list_open',
		text: `${openOf(pageOf(`${ofSide} and ($5::text is null or function = $5::text)`))}
			order by id desc limit $4`,
	},
	failed: {
		name: 'list_failed',
		text: pageOf("not open and state <> 'succeeded' and ($5::text is null or function = $5::text)"),
	},
};
// The concatenation keeps it from the index of all tasks of the function, most of which have ended.
export const openIds = {
	name: 'open_of',
	text: `${openOf(`select id from tasks where ${ofSide} and function || '' = $1 order by id limit $2`)}
		order by id limit $2`,
};

/** Sorts after every id. */
const last = '\u{10FFFF}';

export function prepareList(read: Session) {
	return async (query: ListQuery): Promise<TaskRow[]> => {
		const {before = last, states = null, asynchronous = false, limit, function: fn = null} = query;
		const values = [storable(before), states, asynchronous, limit, fn];
		return (await read.run<TaskRecord>(roadOf(query), values)).map(taskOf);
	};
}

function roadOf({function: fn, states}: ListQuery) {
	if (states?.every(state => !isTerminal(state))) return roads.open;
	if (states?.every(isFailure)) return roads.failed;
	return fn === undefined ? roads.all : roads.ofFunction;
}

const isFailure = (state: TaskState): boolean => isTerminal(state) && state !== 'succeeded';

export function prepareOpenOf(read: Session) {
	return async (fn: string, limit: number): Promise<string[]> =>
		(await read.run<{id: string}>(openIds, [fn, limit])).map(({id}) => id);
}
