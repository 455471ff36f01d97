// What the tests of the store are made of: a place to open stores in, tasks and changes.
import {mkdtemp, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import type {ExecutionContext} from 'ava';
import pino from 'pino';
import type {FunctionRow, VersionRow} from '#actors/function.ts';
import {defaultPolicy} from '#actors/policy.ts';
import {isTerminal, type Task} from '#actors/task.ts';
import {systemClock} from '#lib/clock.ts';
import {createMetrics} from '#observe/metrics.ts';
import type {Ambient} from '#observe/observe.ts';
import type {HomeRow} from '#store/home.ts';
import type {Birth, Change, Commit, Deploy, Move, Store, TaskRow} from '#store/store.ts';

export const ambient = (): Ambient => ({
	log: pino({level: 'silent'}),
	clock: systemClock,
	metrics: createMetrics(),
});

/** Where stores live: opening twice gives two views of the same rows, where the store is durable. */
export type Place = {
	readonly durable: boolean;
	readonly open: () => Promise<Store>;
};

/** Where somebody may write to the database by hand. */
export type OpenPlace = Place & {readonly tamper: (sql: string) => Promise<void>};

export type MakePlace = (t: ExecutionContext) => Promise<Place>;

/** A folder that goes away with its test. */
export async function folder(t: ExecutionContext): Promise<string> {
	const path = await mkdtemp(join(tmpdir(), 'warren-store-'));
	t.teardown(() => rm(path, {recursive: true, force: true}));
	return path;
}

export const now = 1_800_000_000_000;

/** A queued task in the broker's hands, or what `more` makes of it. */
export function aTask(id: string, more: Partial<Task> = {}): Task {
	const state = more.state ?? 'queued';
	return {
		id,
		function: 'fib',
		version: 'a'.repeat(64),
		pool: 'default',
		class: 'normal',
		door: 'api',
		asynchronous: true,
		key: null,
		keyDigest: null,
		attempt: 1,
		charged: 0,
		losses: 0,
		maxAttempts: 3,
		wallMs: null,
		spill: false,
		chunk: null,
		placed: state === 'queued',
		grants: 0,
		soloLosses: 0,
		soloCopies: [],
		deaths: [],
		expiresAt: null,
		deadline: null,
		dueAt: null,
		replyTo: null,
		correlationId: null,
		trace: null,
		failure: null,
		usage: null,
		createdAt: now,
		updatedAt: now,
		startedAt: null,
		endedAt: isTerminal(state) ? now : null,
		state,
		...more,
	};
}

export const birth = (id: string, more: Partial<Task> = {}, rest: Partial<Birth> = {}): Birth => ({
	kind: 'birth',
	task: aTask(id, more),
	input: Buffer.from(`{"n":"${id}"}`),
	...rest,
});

export const move = (
	id: string,
	expected: number,
	more: Partial<Task> = {},
	rest: Partial<Move> = {},
): Move => ({kind: 'move', task: aTask(id, more), expected, ...rest});

export function aFunction(name: string, more: Partial<FunctionRow> = {}): FunctionRow {
	const row = {name, state: 'active', revision: 0, version: null, failure: null, pause: null} as const;
	return {...row, broken: [], createdAt: now, updatedAt: now, ...more};
}

export const aVersion = (fn: string, digest: string, number: number): VersionRow => ({
	function: fn,
	digest,
	number,
	runtime: 'javascript',
	handler: 'default',
	policy: defaultPolicy,
	env: {GREETING: 'hello'},
	code: Buffer.from(`export default () => '${digest}'`),
	map: number === 1 ? null : Buffer.from('{"version":3}'),
	createdAt: now,
});

export const deploy = (row: FunctionRow, expected: number, version?: VersionRow): Deploy => ({
	kind: 'deploy',
	function: row,
	expected,
	...(version && {version}),
});

/** A store with one open home, and the shortest way to commit to it. */
export type World = {
	readonly store: Store;
	readonly home: HomeRow;
	readonly commit: (...changes: Change[]) => Promise<Commit & {readonly seq: number}>;
	/** Commits nothing but that all effects up to `seq` are done. */
	readonly acted: (seq: number) => Promise<Commit & {readonly seq: number}>;
	readonly row: (id: string) => Promise<TaskRow | undefined>;
};

export async function world(t: ExecutionContext, make: MakePlace): Promise<World> {
	const place = await make(t);
	return enter(await place.open(), 'n1');
}

export async function enter(store: Store, name: string): Promise<World> {
	const home = await store.open(name);
	let {seq: begun} = home;
	let actedThrough = 0;
	const commit = async (changes: readonly Change[]) => {
		const seq = ++begun;
		return {seq, ...(await store.commit({home: name, epoch: home.epoch, seq, actedThrough, changes}))};
	};
	return {
		store,
		home,
		commit: (...changes) => commit(changes),
		acted: seq => {
			actedThrough = seq;
			return commit([]);
		},
		row: async id => (await store.load([id])).get(id),
	};
}
