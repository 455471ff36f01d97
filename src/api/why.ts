import {plainHistory} from '#actors/history.ts';
import {laneName} from '#actors/lane.ts';
import {isTerminal} from '#actors/task.ts';
import type {History, HistoryEntry, Why} from '#contract/audit.ts';
import type {TaskRow} from '#store/store.ts';
import type {Answer} from './api.ts';
import {type Desk, no, yes} from './desk.ts';
import {find, unknown} from './inspect.ts';
import {reasonOf} from './reason.ts';

/** What it waits for, behind what, and until when. */
export async function why(desk: Desk, id: string): Promise<Answer<Why>> {
	const row = await find(desk, id);
	if (!row) return no(unknown(id));
	const ran = isTerminal(row.state) ? undefined : desk.home.roster.ran(id, row.attempt);
	const until = [row.dueAt, row.startedAt === null ? row.expiresAt : null, row.deadline].filter(
		at => at !== null,
	);
	return yes({
		...{task: id, state: ran && row.state === 'queued' ? 'running' : row.state, ...reasonOf(desk, row)},
		behind: behind(desk, row),
		until: isTerminal(row.state) || until.length === 0 ? null : Math.min(...until),
		worker: ran?.worker ?? row.usage?.worker ?? null,
		since: ran?.startedAt ?? row.updatedAt,
	});
}

/** How many of this node's tasks of its lane are in the broker before it. Those that wait longer in the store are not counted. */
function behind({home}: Desk, row: TaskRow): number | null {
	if (row.state !== 'queued' || home.roster.ran(row.id, row.attempt)) return null;
	if (!row.placed) return home.window.of(row).placed;
	const own = home.inFlight.get(row.id)?.at ?? row.updatedAt;
	const name = laneName(row);
	let count = 0;
	for (const {at, heardAt, lane} of home.inFlight.list())
		if (at < own && heardAt === undefined && laneName(lane) === name) count++;
	return count;
}

/** Every step of its life: what its commits wrote down, and what its row says. */
export async function history(desk: Desk, id: string): Promise<Answer<History>> {
	const row = await find(desk, id);
	if (!row) return no(unknown(id));
	const written = (await desk.home.store.history(id)).flatMap(
		({entries}) => JSON.parse(entries.toString()) as HistoryEntry[],
	);
	const [birth, ...end] = plainHistory(row);
	// In the order of the commits, which is not always that of the times: a start is told with its outcome,
	// and an outcome that was held through an outage comes after what was committed meanwhile.
	return yes({task: id, entries: [...(birth ? [birth] : []), ...written, ...end]});
}
