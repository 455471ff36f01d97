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
		...(await behind(desk, row)),
		until: isTerminal(row.state) || until.length === 0 ? null : Math.min(...until),
		worker: ran?.worker ?? row.usage?.worker ?? null,
		since: ran?.startedAt ?? row.updatedAt,
	});
}

type Behind = Pick<Why, 'behind' | 'orMore'>;

/** Of what waits in the store before it only so many are read. */
const mostCounted = 1000;

/**
 * How many of its lane come first. What has been put into the broker is known in its order to the server alone
 * that has put it there.
 */
async function behind({home}: Desk, row: TaskRow): Promise<Behind> {
	if (row.state !== 'queued' || home.roster.ran(row.id, row.attempt)) return {behind: null, orMore: false};
	if (!row.placed) return behindInStore(home, row);
	if (row.home !== home.id) return {behind: null, orMore: false};
	const own = home.inFlight.get(row.id)?.at ?? row.updatedAt;
	const name = laneName(row);
	let count = 0;
	for (const {task, at, heardAt, lane} of home.inFlight.list()) {
		// What one commit has placed went there in the order of its ids.
		const isBefore = at < own || (at === own && task < row.id);
		if (isBefore && heardAt === undefined && laneName(lane) === name) count++;
	}
	return {behind: count, orMore: false};
}

/** All that is placed of its lane, whichever server's, and what is older in the store and nothing holds. */
async function behindInStore({store, window}: Desk['home'], row: TaskRow): Promise<Behind> {
	const {except = [], atMost = [], ...lane} = window.of(row).query(mostCounted);
	const [stock, older] = await Promise.all([
		store.stock(),
		store.backlog({
			...lane,
			except: except.filter(fn => fn !== row.function),
			atMost: atMost.filter(one => one.function !== row.function),
		}),
	]);
	const name = laneName(row);
	const placed = stock.filter(one => laneName(one) === name).reduce((sum, one) => sum + one.placed, 0);
	const waiting = older.filter(({id}) => id < row.id).length;
	return {behind: placed + waiting, orMore: waiting === mostCounted};
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
