import type {DatabaseSync} from 'node:sqlite';
import type {Scale} from '#store/scale.ts';
import type {Transact} from './database.ts';

const saveScale = `insert into scales(pool, workers, at) values(?, ?, ?)
	on conflict do update set workers = excluded.workers, at = excluded.at`;
const listScales = 'select pool, workers, at from scales order by pool';

export function prepareScales(db: DatabaseSync, transact: Transact) {
	const save = db.prepare(saveScale);
	const list = db.prepare(listScales);
	return {
		scale: ({pool, workers, at}: Scale): void => {
			transact(() => save.run(pool, workers, at));
		},
		scales: (): Scale[] => list.all().map(row => ({...(row as Scale)})),
	};
}
