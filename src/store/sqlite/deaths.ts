import type {DatabaseSync} from 'node:sqlite';
import type {Death, DeathsQuery} from '#store/query.ts';
import {deathsOf} from '#store/row.ts';

// Every row has at least one that counts, so `most` rows are enough.
const lastDeaths = `select id, json_extract(trouble, '$.deaths') as deaths from tasks indexed by tasks_deadly
	where instr(trouble, '{"deaths":[') = 1 and function = ?1 and version = ?2
		and json_extract(trouble, '$.deaths[#-1]') >= ?3
	order by json_extract(trouble, '$.deaths[#-1]') desc limit ?4`;

export function prepareDeaths(db: DatabaseSync) {
	const last = db.prepare(lastDeaths);
	return (query: DeathsQuery): Death[] => {
		const records = last.all(query.function, query.version, query.since, query.most);
		return deathsOf(records as {id: string; deaths: string}[], query);
	};
}
