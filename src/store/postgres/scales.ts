import type {Scale} from '#store/scale.ts';
import type {Database} from './database.ts';

const saveScale = {
	name: 'scale',
	text: `insert into scales(pool, workers, at) values($1, $2::integer, $3::bigint)
		on conflict(pool) do update set workers = excluded.workers, at = excluded.at`,
};
const listScales = {name: 'scales', text: 'select pool, workers, at from scales order by pool'};

export function prepareScales({read, write}: Database) {
	return {
		scale: async ({pool, workers, at}: Scale): Promise<void> => {
			await write.run(saveScale, [pool, workers, at]);
		},
		scales: () => read.run<Scale>(listScales),
	};
}
