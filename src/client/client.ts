/**
 * Talks to a node's REST door.
 *
 * - Whatever is refused or fails is thrown as a `WarrenError`, which carries the failure as data.
 * - Calls that may be made twice (looks, cancels, deployments, submissions with a key) are made
 *   again with back-off when the connection is lost or the node is not ready; others only if they
 *   were never sent.
 * - An input is any JSON value; a `Uint8Array` is taken for a JSON text and sent byte for byte.
 */
import type {
	FunctionList,
	LogList,
	NodeList,
	Removed,
	TaskPage,
	VersionList,
	WorkerList,
} from '#contract/answers.ts';
import type {Audit, History, HistoryEntry, Why} from '#contract/audit.ts';
import type {Deploy, FunctionView} from '#contract/function.ts';
import type {PoolList, PoolView} from '#contract/pool.ts';
import type {EventQuery} from '#contract/query.ts';
import type {Happening, NodeView, Status} from '#contract/status.ts';
import type {CancelReceipt, Receipt, State, SubmitOptions, TaskView} from '#contract/task.ts';
import {type BatchItem, type ManyAnswer, submitMany} from './batch.ts';
import {type ChunkEnd, type ChunkOptions, mapChunks} from './chunks.ts';
import {createHttp, type HttpCall, type HttpOptions} from './http.ts';
import {type Mapped, map} from './map.ts';
import {type ScaleVerbs, scaleVerbs} from './scale.ts';
import {happenings} from './stream.ts';
import {headersOf, textOf} from './submission.ts';

export type Client = ScaleVerbs & {
	deploy(deployment: Deploy): Promise<FunctionView>;
	functions(): Promise<FunctionView[]>;
	function(name: string): Promise<FunctionView>;
	versions(name: string): Promise<FunctionView[]>;
	remove(name: string, options?: {cancel?: boolean}): Promise<Removed>;
	/** Nothing more of it is taken or placed until it is resumed; its tasks wait. */
	pause(name: string, options?: {why?: string}): Promise<FunctionView>;
	resume(name: string): Promise<FunctionView>;

	/** Runs a function and waits for what it returns: 30 s unless `waitMs` says otherwise. */
	invoke<R = unknown>(fn: string, input?: unknown, options?: InvokeOptions): Promise<Returned<R>>;
	submit(fn: string, input?: unknown, options?: SubmitOptions): Promise<Receipt>;
	/** In batches; the answers come in the order of the items, refusals among them. */
	submitMany(fn: string, items: Iterable<BatchItem>, options?: ManyOptions): AsyncGenerator<ManyAnswer, void>;
	/** Submits an input each and waits for all; results and failures come in the order of the inputs. */
	map<R = unknown>(fn: string, inputs: Iterable<unknown>, options?: ManyOptions): Promise<Mapped<R>[]>;
	/** Submits the inputs as few tasks, many to each; gives these as they end, in the order of the inputs. */
	mapChunks(fn: string, inputs: Iterable<unknown>, options?: ChunkOptions): AsyncGenerator<ChunkEnd, void>;
	get(task: string): Promise<TaskView>;
	/** The task once it has ended, or as it is after `waitMs`. */
	wait(task: string, options?: {waitMs?: number; signal?: AbortSignal}): Promise<TaskView>;
	result<R = unknown>(task: string): Promise<R>;
	/** The JSON text that the function returned, byte for byte. */
	resultText(task: string): Promise<string>;
	/** What an open task waits for. */
	why(task: string): Promise<Why>;
	/** Every step of its life, oldest first. */
	history(task: string): Promise<HistoryEntry[]>;
	logs(task: string): Promise<LogList['logs']>;
	cancel(task: string): Promise<CancelReceipt>;
	/** Newest first, 100 unless `limit` says otherwise; `before` the last of a page for the next one. */
	list(query?: ListQuery): Promise<TaskView[]>;
	/** Dead tasks, newest first; only those that nobody waited for, unless `all`. */
	deadLetters(query?: Omit<ListQuery, 'state'> & {all?: boolean}): Promise<TaskView[]>;
	redrive(task: string, options?: {sameVersion?: boolean; reply?: boolean}): Promise<TaskView>;

	/** The ledger balanced between store, broker and heartbeats, now. `rows`: the rows of all tasks are counted first. */
	audit(options?: {rows?: boolean}): Promise<Audit>;
	workers(): Promise<WorkerList['workers']>;
	pools(): Promise<PoolView[]>;
	/** Nothing more of it is placed until it is resumed; new tasks of it are taken and wait. */
	pausePool(pool: string, options?: {why?: string}): Promise<PoolView>;
	resumePool(pool: string): Promise<PoolView>;
	/** The servers that work on the same store. */
	nodes(): Promise<NodeList['nodes']>;
	/** One that comes no more, and owes nothing. */
	forgetNode(id: string): Promise<NodeView>;
	status(): Promise<Status>;
	/** What the node lacks to take work, in words; undefined if it is ready. */
	missing(): Promise<string | undefined>;
	/** What happens from now on; of one task: its state now, and every further one until it has ended. */
	events(about?: EventQuery | {task: string}, signal?: AbortSignal): AsyncGenerator<Happening, void>;
};

export type ClientOptions = HttpOptions;
export type InvokeOptions = SubmitOptions & {readonly waitMs?: number; readonly signal?: AbortSignal};
export type ManyOptions = SubmitOptions & {readonly signal?: AbortSignal};
export type ListQuery = {function?: string; state?: State; before?: string; limit?: number};

/** What a function returned, and how. */
export type Returned<R> = {
	readonly task: string;
	readonly result: R;
	/** The result as the JSON text it is. */
	readonly text: string;
	readonly attempt: number;
	readonly worker: string | undefined;
	readonly runMs: number | undefined;
};

/** A wait is made of requests of this length: proxies dislike longer ones. */
const longestWaitMs = 30_000;

export function createClient(options: ClientOptions): Client {
	const http = createHttp(options);
	const json = async <T>(call: HttpCall): Promise<T> => (await (await http.call(call)).json()) as T;
	const get = <T>(path: string, query: HttpCall['query'] = {}, signal?: AbortSignal): Promise<T> =>
		json<T>({method: 'GET', path, query, repeatable: true, ...(signal && {signal})});
	const post = <T>(path: string, query: HttpCall['query'] = {}): Promise<T> =>
		json<T>({method: 'POST', path, query, repeatable: true});
	const text = async (path: string): Promise<string> =>
		(await http.call({method: 'GET', path, repeatable: true})).text();

	return {
		deploy: deployment =>
			json({method: 'POST', path: '/v1/functions', body: JSON.stringify(deployment), repeatable: true}),
		functions: async () => (await get<FunctionList>('/v1/functions')).functions,
		function: name => get(`/v1/functions/${encodeURIComponent(name)}`),
		versions: async name =>
			(await get<VersionList>(`/v1/functions/${encodeURIComponent(name)}/versions`)).versions,
		remove: (name, query = {}) =>
			json({
				method: 'DELETE',
				path: `/v1/functions/${encodeURIComponent(name)}`,
				query,
				repeatable: false,
			}),

		pause: (name, query = {}) => post(`/v1/functions/${encodeURIComponent(name)}/pause`, query),
		resume: name => post(`/v1/functions/${encodeURIComponent(name)}/resume`),

		async invoke<R>(fn: string, input?: unknown, options: InvokeOptions = {}): Promise<Returned<R>> {
			const {waitMs, signal, ...submission} = options;
			const response = await http.call({
				method: 'POST',
				path: `/v1/functions/${encodeURIComponent(fn)}/invoke`,
				query: {wait: waitMs === undefined ? undefined : `${waitMs}ms`},
				headers: headersOf(submission),
				body: textOf(input),
				repeatable: submission.key !== undefined,
				...(signal && {signal}),
			});
			return returned<R>(response.headers, await response.text());
		},
		submit: (fn, input, options = {}) =>
			json({
				method: 'POST',
				path: `/v1/functions/${encodeURIComponent(fn)}/tasks`,
				headers: headersOf(options),
				body: textOf(input),
				repeatable: options.key !== undefined,
			}),
		submitMany: (fn, items, options = {}) => submitMany(http, fn, items, options),
		map: (fn, inputs, options = {}) => map(http, fn, inputs, options),
		mapChunks: (fn, inputs, options = {}) => mapChunks(http, fn, inputs, options),
		get: task => get(`/v1/tasks/${encodeURIComponent(task)}`),
		async wait(task, {waitMs = Number.POSITIVE_INFINITY, signal} = {}) {
			for (let left = waitMs; ; left -= longestWaitMs) {
				const wait = `${Math.max(0, Math.min(left, longestWaitMs))}ms`;
				const view = await get<TaskView>(`/v1/tasks/${encodeURIComponent(task)}`, {wait}, signal);
				if (view.endedAt !== null || left <= longestWaitMs) return view;
			}
		},
		result: async <R>(task: string) =>
			JSON.parse(await text(`/v1/tasks/${encodeURIComponent(task)}/result`)) as R,
		resultText: task => text(`/v1/tasks/${encodeURIComponent(task)}/result`),
		logs: async task => (await get<LogList>(`/v1/tasks/${encodeURIComponent(task)}/logs`)).logs,
		why: task => get(`/v1/tasks/${encodeURIComponent(task)}/why`),
		history: async task => (await get<History>(`/v1/tasks/${encodeURIComponent(task)}/history`)).entries,
		cancel: task => post(`/v1/tasks/${encodeURIComponent(task)}/cancel`),
		list: async (query = {}) => (await get<TaskPage>('/v1/tasks', query)).tasks,
		deadLetters: async (query = {}) => (await get<TaskPage>('/v1/dead-letters', query)).tasks,
		redrive: (task, query = {}) =>
			json({
				method: 'POST',
				path: `/v1/dead-letters/${encodeURIComponent(task)}/redrive`,
				query,
				repeatable: false,
			}),

		...scaleVerbs({get, post}),
		audit: (query = {}) => get('/v1/audit', query),
		pools: async () => (await get<PoolList>('/v1/pools')).pools,
		pausePool: (pool, query = {}) => post(`/v1/pools/${encodeURIComponent(pool)}/pause`, query),
		resumePool: pool => post(`/v1/pools/${encodeURIComponent(pool)}/resume`),
		nodes: async () => (await get<NodeList>('/v1/nodes')).nodes,
		forgetNode: id => json({method: 'DELETE', path: `/v1/nodes/${encodeURIComponent(id)}`, repeatable: true}),
		workers: async () => (await get<WorkerList>('/v1/workers')).workers,
		status: () => get('/v1/status'),
		async missing() {
			const {response, text} = await http.ask({method: 'GET', path: '/readyz', repeatable: false});
			return response.ok ? undefined : http.refusal(response, text).failure.message;
		},
		async *events(about = {}, signal) {
			const path = 'task' in about ? `/v1/tasks/${about.task}/events` : '/v1/events';
			const query = 'task' in about ? {} : about;
			const call = {method: 'GET', path, query, repeatable: true, ...(signal && {signal})} as const;
			const {body} = await http.call(call);
			if (body) yield* happenings(body);
		},
	};
}

function returned<R>(headers: Headers, text: string): Returned<R> {
	const runMs = headers.get('warren-run-ms');
	return {
		task: headers.get('warren-task-id') ?? '',
		result: JSON.parse(text) as R,
		text,
		attempt: Number(headers.get('warren-attempt') ?? 1),
		worker: headers.get('warren-worker') ?? undefined,
		runMs: runMs === null ? undefined : Number(runMs),
	};
}
