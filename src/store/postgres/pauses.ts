import type {PoolPause} from '#store/store.ts';
import type {Database} from './database.ts';
import {original, storable} from './text.ts';

const insertPause = {
	name: 'pause_pool',
	text: 'insert into pauses(pool, why, at) values($1, $2, $3::bigint) on conflict do nothing',
};
const deletePause = {name: 'resume_pool', text: 'delete from pauses where pool = $1'};
const listPauses = {name: 'pauses', text: 'select pool, why, at from pauses order by pool'};

export function preparePauses({read, write}: Database) {
	return {
		pause: async ({pool, why, at}: PoolPause): Promise<void> => {
			await write.run(insertPause, [pool, storable(why), at]);
		},
		resume: async (pool: string): Promise<void> => {
			await write.run(deletePause, [pool]);
		},
		list: async (): Promise<PoolPause[]> => {
			const rows = await read.run<PoolPause>(listPauses);
			return rows.map(row => ({...row, why: original(row.why)}));
		},
	};
}
