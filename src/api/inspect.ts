import {fail} from '#actors/failure.ts';
import {isTerminal} from '#actors/task.ts';
import type {Log, TaskView} from '#contract/task.ts';
import type {TaskRow} from '#store/store.ts';
import type {Answer, TaskQuery} from './api.ts';
import {type Desk, no, yes} from './desk.ts';
import {reasonOf} from './reason.ts';

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

export async function find({home}: Desk, id: string): Promise<TaskRow | undefined> {
	return (await home.store.load([id])).get(id);
}

/** The task as people see it. */
export function view(desk: Desk, row: TaskRow): TaskView {
	const {reason, text} = reasonOf(desk, row);
	const startedAt = row.state === 'queued' ? desk.home.roster.ran(row.id, row.attempt)?.startedAt : undefined;
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
		chunk,
		failure,
		usage,
	} = row;
	const {createdAt, updatedAt, endedAt, dueAt, expiresAt, deadline} = row;
	return {
		...{id, function: fn, version, state, pool, class: lane, door, key, attempt, charged, maxAttempts, chunk},
		...{waitingFor: reason === 'runs' || reason === 'ended' ? null : text, failure, usage},
		...{createdAt, updatedAt, startedAt: startedAt ?? row.startedAt, endedAt, dueAt, expiresAt, deadline},
	};
}
