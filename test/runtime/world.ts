// A whole installation in one process: homes over one store, workers with scripted executors and the
// in-process broker between them, under a clock that the test moves. Any of them can be killed. The store
// is a SQLite file; or a PostgreSQL schema where the run asks for it and leases, which that database
// judges by its own clock, make no difference.
import {existsSync, statfsSync} from 'node:fs';
import {mkdtemp, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {setImmediate as turn} from 'node:timers/promises';
import type {ExecutionContext} from 'ava';
import {openStore} from '#store/open.ts';
import {openSqlite} from '#store/sqlite/store.ts';
import type {Store, TaskRow} from '#store/store.ts';
import {createHub, type Hub} from '#transport/open.ts';
import {type Names, names} from '#transport/topology.ts';
import type {Transport} from '#transport/transport.ts';
import {testAmbient} from '../harness/ambient.ts';
import {createFakeClock, type FakeClock} from '../harness/clock.ts';
import {asked} from '../harness/combination.ts';
import {schema} from '../harness/postgres.ts';
import {tamperPostgres, tamperSqlite} from '../harness/tamper.ts';
import type {Ground} from './ground.ts';
import type {HintHub} from './hintHub.ts';
import {createLife, type Life} from './life.ts';
import {createPatience} from './patience.ts';
import {openServer, type Server, type ServerOptions} from './server.ts';
import {openWorker, type TestWorker, type WorkerOptions} from './worker.ts';

export {must, type Server, submission} from './server.ts';
export type {TestWorker} from './worker.ts';

export type World = {
	readonly clock: FakeClock;
	readonly names: Names;
	readonly broker: Hub;
	/** A connection of the test's own. */
	readonly line: Transport;
	/** Messages that any process gave the broker, and the tasks whose end was committed. */
	readonly record: Ground['record'];
	/** All tasks as they are in the store, seen by nobody's life. */
	readonly rows: () => Promise<TaskRow[]>;
	/** Somebody writes to the database by hand. */
	readonly tamper: (sql: string) => Promise<void>;
	readonly server: (options?: ServerOptions) => Promise<Server>;
	readonly worker: (options?: WorkerOptions) => Promise<TestWorker>;
	/** All processes die, and the broker with all it held; a new one is there. */
	readonly loseBroker: () => void;
	/** Resolves when no process has done anything for some turns of the event loop. */
	readonly quiet: () => Promise<void>;
	/** Moves time on in steps of 100 ms, whenever all is quiet, until the promise is settled. */
	readonly until: <T>(promise: Promise<T>) => Promise<T>;
	/** All processes die, and their stores are closed: for a test with a world after the other. */
	readonly close: () => Promise<void>;
};

const calmTurns = 8;
const stepMs = 100;
const mostSteps = 1000;

export type WorldOptions = {readonly shared?: boolean; readonly leases?: boolean; readonly hints?: HintHub};

const memory = '/dev/shm';
const roomBytes = 2 ** 30;

/** Processes die here, the machine never does: nothing of what a store writes has to wait for a disk. */
function inMemory(): boolean {
	if (!existsSync(memory)) return false;
	const {bavail, bsize} = statfsSync(memory);
	return bavail * bsize > roomBytes;
}

/**
 * @param shared servers live side by side, and take up what those owe that live no more
 * @param hints how the servers tell each other what they did
 * @param leases what happens rests on who lives by the test's clock
 */
export async function world(
	t: ExecutionContext,
	{shared = false, leases = shared, hints}: WorldOptions = {},
): Promise<World> {
	const clock = createFakeClock();
	const folder = await mkdtemp(join(inMemory() ? memory : tmpdir(), 'warren-runtime-'));
	const database = !leases && asked() === 'rabbit+postgres' ? await schema(t) : undefined;
	const patience = createPatience();
	const lives: Life[] = [];
	const stores = new Map<Store, Life | undefined>();
	let broker = createHub(testAmbient(clock));
	let line = broker.connect();
	const close = async () => {
		for (const life of lives) life.die();
		broker.stop();
		for (const store of stores.keys()) await store.close();
		stores.clear();
		await rm(folder, {recursive: true, force: true});
	};
	t.teardown(close);
	const quiet = async () => {
		const steps = () => lives.reduce((sum, life) => sum + life.steps.length, 0);
		for (let calm = 0, before = steps(); calm < calmTurns; before = steps()) {
			await patience.over();
			await turn();
			calm = steps() === before && !patience.waits ? calm + 1 : 0;
		}
	};
	const born = (transport: Transport, diesAt: number | undefined): Life => {
		const home = broker;
		const life = createLife(() => home.kill(transport), diesAt);
		lives.push(life);
		return life;
	};
	/** A database takes so many connections and no more. */
	const bury = async () => {
		for (const [store, life] of database ? stores : []) {
			if (life?.alive !== false) continue;
			stores.delete(store);
			await patience.during(store.close());
		}
	};
	const record = {sent: [], ends: []};
	const ground: Ground = {
		record,
		clock,
		connect: () => broker.connect(),
		born,
		hints,
		open: async (ambient, life) => {
			await bury();
			const store = database
				? await patience.during(openStore(ambient, {url: database}))
				: await openSqlite(ambient, {path: join(folder, 'warren.db'), shared});
			stores.set(store, life);
			return database ? patience.with(store) : store;
		},
		sever: (transport, until) => broker.sever(transport, until),
	};
	const until = async <T>(promise: Promise<T>): Promise<T> => {
		let settled = false;
		const done = () => {
			settled = true;
		};
		promise.then(done, done);
		for (let step = 0; !settled; step++) {
			if (step > mostSteps) throw new Error(`Waited ${step} steps of ${stepMs} ms in vain`);
			await quiet();
			if (!settled) clock.advance(stepMs);
		}
		return promise;
	};
	let eye: Promise<Store> | undefined;
	const rows = async () => {
		eye ??= ground.open(testAmbient(clock));
		return (await eye).list({limit: 10_000});
	};
	return {
		...{clock, names: names(), quiet, until, record, rows, close},
		tamper: sql => (database ? tamperPostgres(database, sql) : tamperSqlite(join(folder, 'warren.db'), sql)),
		get broker() {
			return broker;
		},
		get line() {
			return line;
		},
		server: options => openServer(ground, options),
		worker: options => openWorker(ground, options),
		loseBroker() {
			for (const life of lives) life.die();
			broker.stop();
			broker = createHub(testAmbient(clock));
			line = broker.connect();
		},
	};
}
