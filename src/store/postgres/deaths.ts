import type {Death, DeathsQuery} from '#store/query.ts';
import {deathsOf} from '#store/row.ts';
import type {Session} from './database.ts';

// Every row has at least one that counts, so `most` rows are enough. The conditions are those of the index:
// the list is the first in its text, so no JSON is read, which could hold what PostgreSQL reads none of (U+0000).
export const lastDeaths = {
	name: 'deaths',
	text: `select id, substring(trouble from '\\[[0-9,]+\\]') as deaths from tasks
		where starts_with(trouble, '{"deaths":[') and function = $1 and version = $2
			and substring(trouble from '([0-9]+)\\]')::bigint >= $3::bigint
		order by substring(trouble from '([0-9]+)\\]')::bigint desc limit $4`,
};

export function prepareDeaths(read: Session) {
	return async (query: DeathsQuery): Promise<Death[]> => {
		const values = [query.function, query.version, query.since, query.most];
		return deathsOf(await read.run<{id: string; deaths: string}>(lastDeaths, values), query);
	};
}
