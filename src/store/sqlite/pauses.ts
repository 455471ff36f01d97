import type {DatabaseSync} from 'node:sqlite';
import type {PoolPause} from '#store/store.ts';
import type {Transact} from './database.ts';

const insertPause = 'insert into pauses(pool, why, at) values(?, ?, ?) on conflict do nothing';
const deletePause = 'delete from pauses where pool = ?';
const listPauses = 'select pool, why, at from pauses order by pool';

export function preparePauses(db: DatabaseSync, transact: Transact) {
	const insert = db.prepare(insertPause);
	const remove = db.prepare(deletePause);
	const list = db.prepare(listPauses);
	return {
		pause: ({pool, why, at}: PoolPause): void => {
			transact(() => insert.run(pool, why, at));
		},
		resume: (pool: string): void => {
			transact(() => remove.run(pool));
		},
		list: (): PoolPause[] => list.all().map(row => ({...(row as PoolPause)})),
	};
}
