import type {OwingQuery} from '#store/query.ts';
import {type TaskRecord, taskRowOf} from '#store/row.ts';
import {type HistoryRow, keyOf, type LogRow, type TaskKey, type TaskRow} from '#store/store.ts';
import type {Session, Statement} from './database.ts';
import {original, storable} from './text.ts';

/** All columns by name: a newer Warren may add one while this one runs. */
export const taskColumns = `id, function, version, pool, class, state, placed, attempt, max_attempts, asynchronous,
	key, reply_to, home, epoch, seq, revision, created_at, updated_at, started_at, ended_at, expires_at, deadline,
	due_at, origin, usage, trouble`;

const tasksById = {
	name: 'load',
	text: `select ${taskColumns} from tasks where id = any($1::text[])`,
};
const tasksByKey = {
	name: 'load_by_key',
	text: `select ${taskColumns} from unnest($1::text[], $2::text[]) as wanted(of, by)
		join tasks on tasks.function = wanted.of and tasks.key = wanted.by`,
};
// How long a body is stands beside the pointer to it: of those that do not fit nothing else is read.
export const inputsOf = {
	name: 'inputs',
	text: `select task, body from (
			select inputs.task, inputs.body, row_number() over in_order as place,
				sum(octet_length(inputs.body)) over in_order as bytes
			from unnest($1::text[]) with ordinality as wanted(task, number) join inputs on inputs.task = wanted.task
			window in_order as (order by wanted.number rows unbounded preceding)
		) as found where place = 1 or bytes <= $2::bigint`,
};
const resultsOf = {
	name: 'results',
	text: 'select id as task, result as body from tasks where id = any($1::text[]) and result is not null',
};
const logsOf = {name: 'logs', text: 'select attempt, lines from logs where task = $1 order by attempt'};
const historyOf = {
	name: 'history',
	text: 'select revision, entries from history where task = $1 order by revision',
};
// R19. Of what waits no row is read. The settled ones are as many as one node leaves behind when it dies
// between a commit and its effects, so sorting them costs nothing; they are found first, by themselves, or the
// planner would look through everything that ever ended for the sake of its order.
export const owingOf = {
	name: 'owing',
	text: `with settled as materialized (
			select ${taskColumns} from tasks
			where not open and home = $1 and seq > $4::bigint and epoch < $2::bigint and id > $3
		)
		select * from (
			(select ${taskColumns} from tasks
			where open and placed and home = $1 and epoch < $2::bigint and id > $3 order by id limit $5)
			union all
			(select * from settled order by id limit $5)
		) as owed order by id limit $5`,
};

export const taskOf = (record: TaskRecord): TaskRow =>
	taskRowOf({
		...record,
		key: record.key && original(record.key),
		reply_to: record.reply_to && original(record.reply_to),
	});

export function prepareTasks(read: Session) {
	return {
		load: async (ids: readonly string[]): Promise<Map<string, TaskRow>> => {
			if (ids.length === 0) return new Map();
			const rows = (await read.run<TaskRecord>(tasksById, [ids.map(storable)])).map(taskOf);
			return inOrder(ids, new Map(rows.map(row => [row.id, row])));
		},
		loadByKey: async (keys: readonly TaskKey[]): Promise<Map<string, TaskRow>> => {
			if (keys.length === 0) return new Map();
			const values = [keys.map(one => one.function), keys.map(one => storable(one.key))];
			const rows = (await read.run<TaskRecord>(tasksByKey, values)).map(taskOf);
			return new Map(rows.map(row => [keyOf({function: row.function, key: row.key ?? ''}), row]));
		},
		owing: async (query: OwingQuery): Promise<TaskRow[]> => {
			const {home, epoch, actedThrough, after = '', limit} = query;
			return (await read.run<TaskRecord>(owingOf, [home, epoch, after, actedThrough, limit])).map(taskOf);
		},
	};
}

export function prepareBodies(read: Session) {
	const bodies = async (statement: Statement, ids: readonly string[], ...more: number[]) => {
		if (ids.length === 0) return new Map<string, Buffer>();
		const found = await read.run<{task: string; body: Buffer}>(statement, [ids.map(storable), ...more]);
		return inOrder(ids, new Map(found.map(({task, body}) => [task, body])));
	};
	return {
		inputs: (ids: readonly string[], mostBytes = Number.MAX_SAFE_INTEGER) => bodies(inputsOf, ids, mostBytes),
		results: (ids: readonly string[]) => bodies(resultsOf, ids),
		logs: (id: string) => read.run<LogRow>(logsOf, [storable(id)]),
		history: (id: string) => read.run<HistoryRow>(historyOf, [storable(id)]),
	};
}

/** The database answers in an order of its own. */
function inOrder<V>(ids: readonly string[], found: ReadonlyMap<string, V>): Map<string, V> {
	const ordered = new Map<string, V>();
	for (const id of ids) {
		const value = found.get(id);
		if (value !== undefined) ordered.set(id, value);
	}
	return ordered;
}
