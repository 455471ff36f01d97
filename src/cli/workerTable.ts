import type {WorkerView} from '#contract/status.ts';
import {ago, bytes, table} from './table.ts';

const head =
	'WORKER,STATE,POOL,TAGS,BUSY,EXECUTORS,WARM,MEMORY,STARTED,LAST HEARD,VERSION,HOST,KEPT BY'.split(',');

/** @param none what is said if there are none */
export function workerTable(
	workers: readonly WorkerView[],
	none: string,
	{now, columns}: {readonly now: number; readonly columns: number | undefined},
): string {
	const rows = workers.map(one => [
		one.id,
		one.state,
		one.pool,
		one.tags.join(','),
		`${one.busy} of ${one.slots}`,
		one.restarts > 0 ? `${one.executors} (${one.restarts} restarts)` : one.executors,
		Object.values(one.warm).reduce((sum, count) => sum + count, 0),
		bytes(one.rssBytes),
		ago(one.startedAt, now),
		ago(one.lastBeat, now),
		one.version,
		`${one.host} (${one.pid})`,
		one.supervisor,
	]);
	return table(head, rows, none, columns);
}
