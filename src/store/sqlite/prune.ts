import type {DatabaseSync} from 'node:sqlite';
import {prepareTally} from './counts.ts';
import type {Transact} from './database.ts';
import {type Counted, createTally} from './stamp.ts';

// A row that still owes an effect stays, however old: its home's `acted_through` has not passed it.
const findEnded = `select tasks.n, tasks.function, tasks.pool, tasks.class, tasks.state, tasks.placed
	from tasks indexed by tasks_ended cross join homes on homes.home = tasks.home
	where tasks.open = 0 and tasks.ended_at < ? and tasks.seq <= homes.acted_through
	order by tasks.ended_at limit ?`;
const deleteTasks = 'delete from tasks where n in (select value from json_each(?))';
const deleteInputs = 'delete from inputs where n in (select value from json_each(?))';
const deleteResults = 'delete from results where n in (select value from json_each(?))';
const deleteLogs = 'delete from logs where n in (select value from json_each(?))';
const deleteHistory = 'delete from history where n in (select value from json_each(?))';

type Ended = Counted & {
	readonly n: number;
	readonly state: string;
	readonly placed: number;
};

export function preparePrune(db: DatabaseSync, transact: Transact) {
	const find = db.prepare(findEnded);
	const deletes = [deleteTasks, deleteInputs, deleteResults, deleteLogs, deleteHistory].map(sql =>
		db.prepare(sql),
	);
	const writeTally = prepareTally(db);
	return ({endedBefore, limit}: {endedBefore: number; limit: number}): number =>
		transact(() => {
			const ended = find.all(endedBefore, limit) as Ended[];
			if (ended.length === 0) return 0;
			const list = JSON.stringify(ended.map(({n}) => n));
			for (const statement of deletes) statement.run(list);
			const tally = createTally();
			for (const row of ended) {
				tally.add(row, row.state, row.placed, -1);
				tally.add(row, 'accepted', 0, -1);
			}
			writeTally(tally);
			return ended.length;
		});
}
