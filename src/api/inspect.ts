import {fail} from '#actors/failure.ts';
import {isTerminal} from '#actors/task.ts';
import type {Log, TaskView} from '#contract/task.ts';
import type {TaskRow} from '#store/store.ts';
import type {Answer, TaskQuery} from './api.ts';
import {type Desk, no, yes} from './desk.ts';
import {pausedSays} from './paused.ts';

const listed = 100;
const mostListed = 1000;

export async function inspect(desk: Desk, id: string): Promise<Answer<TaskView>> {
	const row = await find(desk, id);
	return row ? yes(view(desk, row)) : no(unknown(id));
}

/** Waits for the end, whoever brings it about; what was missed before the wait is read from the store. */
export async function awaitEnd(
	desk: Desk,
	id: string,
	waitMs: number,
	signal?: AbortSignal,
): Promise<Answer<TaskView>> {
	const {promise: ended, resolve} = Promise.withResolvers<void>();
	const unwait = desk.home.waiters.wait(id, () => resolve());
	const callOff = desk.ambient.clock.after(waitMs, resolve);
	const leave = () => resolve();
	signal?.addEventListener('abort', leave, {once: true});
	try {
		const row = await find(desk, id);
		if (!row) return no(unknown(id));
		if (isTerminal(row.state) || signal?.aborted) return yes(view(desk, row));
		await ended;
		return await inspect(desk, id);
	} finally {
		unwait();
		callOff();
		signal?.removeEventListener('abort', leave);
	}
}

export async function result(desk: Desk, id: string): Promise<Answer<Buffer>> {
	const row = await find(desk, id);
	if (!row) return no(unknown(id));
	if (row.state === 'succeeded') {
		const found = (await desk.home.store.results([id])).get(id);
		return found ? yes(found) : no(fail('INTERNAL', `The result of task ${id} is missing`));
	}
	if (isTerminal(row.state)) return no(row.failure ?? fail('INTERNAL'));
	return no(fail('CONFLICT', `Task ${id} has not ended yet: it is ${view(desk, row).state}`));
}

export async function logs(desk: Desk, id: string): Promise<Answer<Log[]>> {
	if (!(await find(desk, id))) return no(unknown(id));
	const rows = await desk.home.store.logs(id);
	return yes(
		rows.map(({attempt, lines}) => ({attempt, lines: JSON.parse(lines.toString()) as Log['lines']})),
	);
}

export async function list(desk: Desk, query: TaskQuery): Promise<Answer<TaskView[]>> {
	const {function: fn, state, limit = listed} = query;
	const wanted = Math.min(limit, mostListed);
	if (state === 'running') return yes((await running(desk, query)).slice(0, wanted));
	const views: TaskView[] = [];
	let {before} = query;
	for (;;) {
		const rows = await desk.home.store.list({
			limit: wanted,
			...(fn !== undefined && {function: fn}),
			...(state !== undefined && {states: [state]}),
			...(before !== undefined && {before}),
		});
		// Some of the queued ones are running: the page is filled up, so that only the last one is short.
		const page = rows.map(row => view(desk, row));
		views.push(...(state === undefined ? page : page.filter(one => one.state === state)));
		before = rows.at(-1)?.id;
		if (views.length >= wanted || rows.length < wanted) return yes(views.slice(0, wanted));
	}
}

/** `running` is no state of a row: the roster knows which tasks run. Newest first. */
async function running(desk: Desk, {function: fn, before}: TaskQuery): Promise<TaskView[]> {
	const rows = await desk.home.store.load([...new Set(desk.home.roster.tasks())]);
	return [...rows.values()]
		.filter(row => (fn === undefined || row.function === fn) && (before === undefined || row.id < before))
		.map(row => view(desk, row))
		.filter(one => one.state === 'running')
		.toSorted((a, b) => (a.id < b.id ? 1 : -1));
}

export async function deadLetters(
	desk: Desk,
	query: {function?: string; before?: string; limit?: number; all?: boolean},
): Promise<Answer<TaskView[]>> {
	const {function: fn, before, limit = listed, all = false} = query;
	const rows = await desk.home.store.list({
		limit: Math.min(limit, mostListed),
		states: ['dead'],
		...(fn !== undefined && {function: fn}),
		...(before !== undefined && {before}),
		...(!all && {asynchronous: true}),
	});
	return yes(rows.map(row => view(desk, row)));
}

export const unknown = (id: string) =>
	fail('TASK_NOT_FOUND', `There is no task ${id}; it may have been deleted after its retention`);

async function find({home}: Desk, id: string): Promise<TaskRow | undefined> {
	return (await home.store.load([id])).get(id);
}

/** The task as people see it. */
export function view({home}: Desk, row: TaskRow): TaskView {
	const startedAt = row.state === 'queued' ? home.roster.ran(row.id, row.attempt)?.startedAt : undefined;
	const state = startedAt === undefined ? row.state : 'running';
	const {
		id,
		function: fn,
		version,
		pool,
		class: lane,
		door,
		key,
		attempt,
		charged,
		maxAttempts,
		failure,
		usage,
	} = row;
	const {createdAt, updatedAt, endedAt, dueAt, expiresAt, deadline} = row;
	return {
		...{id, function: fn, version, state, pool, class: lane, door, key, attempt, charged, maxAttempts},
		...{waitingFor: waitingFor(home, row, state), failure, usage},
		...{createdAt, updatedAt, startedAt: startedAt ?? row.startedAt, endedAt, dueAt, expiresAt, deadline},
	};
}

/** Nothing waits silently: what a task waits for, in words. */
function waitingFor(home: Desk['home'], row: TaskRow, state: TaskView['state']): string | null {
	if (state === 'retrying') return `attempt ${row.attempt}, due at ${new Date(row.dueAt ?? 0).toISOString()}`;
	if (state !== 'queued') return null;
	const paused = home.functions.get(row.function)?.row.pause;
	if (!row.placed && paused) return pausedSays(row.function, paused);
	if (!row.placed) return `room in the broker, behind ${home.window.placed} attempts that are there`;
	const store = home.trouble();
	if (store !== undefined) return `the store: ${store}`;
	const blocked = home.transport.blocked();
	if (blocked !== undefined) return `the broker: ${blocked}`;
	const able = home.roster.workers().filter(worker => worker.state === 'idle' || worker.state === 'busy');
	return able.length === 0 ? `a worker: none is alive in pool ${row.pool}` : 'a free slot of a worker';
}
