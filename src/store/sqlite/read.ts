import type {DatabaseSync} from 'node:sqlite';
import type {OwingQuery} from '#store/query.ts';
import {bufferOf, type TaskRecord, taskRowOf} from '#store/row.ts';
import {type HistoryRow, keyOf, type LogRow, type TaskKey, type TaskRow} from '#store/store.ts';
import type {RecentRows} from './recent.ts';

const taskById = 'select * from tasks where id = ?';
const taskByKey = 'select * from tasks where function = ? and key = ?';
const inputOf = 'select body from inputs where n = (select n from tasks where id = ?)';
const inputAt = 'select body from inputs where n = (select n from tasks where n = ? and id = ?)';
const resultOf = 'select body from results where n = (select n from tasks where id = ?)';
const logsOf = `select attempt, lines from logs where n = (select n from tasks where id = ?)
	order by attempt`;
const historyOf = `select revision, entries from history where n = (select n from tasks where id = ?)
	order by revision`;
// R19. Which of the open ones are placed is in their index, so of a backlog no row is read. The settled
// ones are as many as one node leaves behind when it dies between a commit and its effects, so sorting
// them costs nothing.
const owingOf = `
select * from (
	select * from tasks indexed by tasks_open
	where open = 1 and placed = 1 and id > ?3 and home = ?1 and epoch < ?2 order by id limit ?5
) union all select * from (
	select * from tasks indexed by tasks_settled
	where open = 0 and home = ?1 and seq > ?4 and epoch < ?2 and id > ?3 order by id limit ?5
) order by id limit ?5`;

export function prepareTasks(db: DatabaseSync) {
	const byId = db.prepare(taskById);
	const byKey = db.prepare(taskByKey);
	const owing = db.prepare(owingOf);
	return {
		load: (ids: readonly string[]): Map<string, TaskRow> =>
			gather(ids, id => byId.get(id) as TaskRecord | undefined, taskRowOf),
		loadByKey: (keys: readonly TaskKey[]): Map<string, TaskRow> => {
			const find = (key: TaskKey) => byKey.get(key.function, key.key) as TaskRecord | undefined;
			return new Map([...gather(keys, find, taskRowOf)].map(([key, row]) => [keyOf(key), row]));
		},
		owing: (query: OwingQuery): TaskRow[] => {
			const {home, epoch, actedThrough, after = '', limit} = query;
			const records = owing.all(home, epoch, after, actedThrough, limit) as TaskRecord[];
			return records.map(taskRowOf);
		},
	};
}

export function prepareBodies(db: DatabaseSync, recent: RecentRows) {
	const input = db.prepare(inputOf);
	const knownInput = db.prepare(inputAt);
	const result = db.prepare(resultOf);
	const logs = db.prepare(logsOf);
	const history = db.prepare(historyOf);
	type Body = {readonly body: Uint8Array};
	const buffer = ({body}: Body) => bufferOf(body);
	const inputFor = (id: string) => {
		const row = recent.get(id);
		return ((row && knownInput.get(row.n, id)) ?? input.get(id)) as Body | undefined;
	};
	return {
		inputs: (ids: readonly string[], mostBytes = Number.POSITIVE_INFINITY) => {
			const found = new Map<string, Buffer>();
			let bytes = 0;
			for (const id of ids) {
				const record = inputFor(id);
				bytes += record?.body.length ?? 0;
				if (bytes > mostBytes && found.size > 0) break;
				if (record) found.set(id, buffer(record));
			}
			return found;
		},
		results: (ids: readonly string[]) => gather(ids, id => result.get(id) as Body | undefined, buffer),
		logs: (id: string): LogRow[] => {
			const records = logs.all(id) as {attempt: number; lines: Uint8Array}[];
			return records.map(({attempt, lines}) => ({attempt, lines: bufferOf(lines)}));
		},
		history: (id: string): HistoryRow[] => {
			const records = history.all(id) as {revision: number; entries: Uint8Array}[];
			return records.map(({revision, entries}) => ({revision, entries: bufferOf(entries)}));
		},
	};
}

// One statement for each: SQLite is a function call away, a list in one statement is not faster.
function gather<K, Found, V>(
	keys: readonly K[],
	find: (key: K) => Found | undefined,
	decode: (found: Found) => V,
): Map<K, V> {
	const rows = new Map<K, V>();
	for (const key of keys) {
		const found = find(key);
		if (found) rows.set(key, decode(found));
	}
	return rows;
}
