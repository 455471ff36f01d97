import {resolve} from 'node:path';
import type {DatabaseSync} from 'node:sqlite';
import type {Ambient} from '#observe/observe.ts';
import type {Store} from '#store/store.ts';
import {prepareBacklog} from './backlog.ts';
import {prepareCommit} from './commit.ts';
import {prepareCounts} from './counts.ts';
import {createDamage, type Damage} from './damage.ts';
import {createTransact, openDatabase, tune} from './database.ts';
import {prepareDeaths} from './deaths.ts';
import {prepareFunctions} from './functions.ts';
import {prepareHomes} from './homes.ts';
import {checkIntegrity} from './integrity.ts';
import {prepareList, prepareOpenOf} from './list.ts';
import {checkOwner, migrate} from './migrate.ts';
import {preparePauses} from './pauses.ts';
import {preparePrune} from './prune.ts';
import {prepareBodies, prepareTasks} from './read.ts';
import {createRecentRows} from './recent.ts';
import {prepareRecount} from './recount.ts';
import {prepareScales} from './scales.ts';
import {migrations} from './schema.ts';
import {prepareStrayed} from './strayed.ts';
import {prepareDue} from './timers.ts';
import {asTrouble} from './trouble.ts';

export type SqliteOptions = {
	/** A file, made with its folder where it is missing; `:memory:` lives until `close`. */
	readonly path: string;
	/** How long a commit waits, ms, for another process that writes to the same file. Default 2000. */
	readonly busyMs?: number;
	/** Several processes have it open, all on this machine. Default: no, whoever opens it has it alone. */
	readonly shared?: boolean;
	/** Of how many open tasks it is remembered where their rows are. Default 10,000, about 2 MB. */
	readonly remembered?: number;
};

/**
 * The store in one SQLite file. Its calls run to the end before they return: a commit holds the
 * event loop for as long as the disk takes (0.2 ms for one row, under 10 ms for 500), which costs
 * less than sending rows to another thread. Whoever commits should gather what came in meanwhile.
 * @throws StoreTrouble when the file can't be used; the failure says why and what to do
 */
export async function openSqlite(ambient: Ambient, options: SqliteOptions): Promise<Store> {
	const path = options.path === ':memory:' ? options.path : resolve(options.path);
	try {
		return createStore(ambient, path, options);
	} catch (error) {
		throw asTrouble(path, error);
	}
}

function createStore(
	ambient: Ambient,
	path: string,
	{busyMs = 2000, shared = false, remembered = 10_000}: SqliteOptions,
): Store {
	const {clock, log} = ambient;
	checkIntegrity(log, path, busyMs);
	const db = openDatabase(path, busyMs);
	try {
		checkOwner(db, path);
		tune(db);
		const applied = migrate(db, path, clock, migrations);
		if (applied > 0) log.info({path, migrations: applied}, 'store migrated');
		return verbs(db, ambient, {path, busyMs, shared, remembered});
	} catch (error) {
		db.close();
		throw error;
	}
}

function verbs(
	db: DatabaseSync,
	{clock, log}: Ambient,
	{path, busyMs, shared, remembered}: Required<SqliteOptions>,
): Store {
	const damage = createDamage(log, path);
	const transact = damage.guard(createTransact(db));
	const recent = createRecentRows(remembered);
	const tasks = prepareTasks(db);
	const bodies = prepareBodies(db, recent);
	const counts = prepareCounts(db);
	const due = prepareDue(db, clock);
	const homes = prepareHomes(db, transact, clock);
	const scales = prepareScales(db, transact);
	const pauses = preparePauses(db, transact);
	const functions = prepareFunctions(db);
	const strayed = prepareStrayed(db);
	const {verb, longVerb} = speaker(path, damage);
	return {
		pipeline: {depth: 1, least: 0},
		shared,
		damage: () => damage.why,
		open: verb(homes.open),
		renew: verb(homes.renew),
		homes: verb(homes.homes),
		forget: verb(homes.forget),
		scale: verb(scales.scale),
		scales: verb(scales.scales),
		pausePool: verb(pauses.pause),
		resumePool: verb(pauses.resume),
		pauses: verb(pauses.list),
		placed: verb(homes.placed),
		commit: verb(prepareCommit(db, transact, recent)),
		load: verb(tasks.load),
		loadByKey: verb(tasks.loadByKey),
		inputs: verb(bodies.inputs),
		results: verb(bodies.results),
		logs: verb(bodies.logs),
		history: verb(bodies.history),
		backlog: verb(prepareBacklog(db, recent)),
		owing: verb(tasks.owing),
		due: verb(due.due),
		nextDue: verb(due.nextDue),
		untimed: verb(strayed.untimed),
		inBroker: longVerb(strayed.inBroker),
		waiting: verb(strayed.waiting),
		list: verb(prepareList(db)),
		counts: verb(counts.counts),
		recount: longVerb(prepareRecount(db, path, busyMs)),
		ledger: verb(counts.ledger),
		stock: verb(counts.stock),
		deaths: verb(prepareDeaths(db)),
		openOf: verb(prepareOpenOf(db)),
		functions: verb(functions.functions),
		version: verb(functions.version),
		versions: verb(functions.versions),
		prune: verb(preparePrune(db, transact)),
		close: verb(() => {
			if (db.isOpen) db.close();
		}),
	};
}

/** Makes a promise of a call, and of SQLite's errors what the port promises; `longVerb` of what takes several turns. */
function speaker(path: string, damage: Damage) {
	const troubleOf = (error: unknown) => {
		damage.met(error);
		return asTrouble(path, error);
	};
	return {
		verb:
			<A extends unknown[], R>(act: (...args: A) => R) =>
			async (...args: A): Promise<R> => {
				try {
					return act(...args);
				} catch (error) {
					throw troubleOf(error);
				}
			},
		longVerb:
			<A extends unknown[], R>(act: (...args: A) => Promise<R>) =>
			(...args: A): Promise<R> =>
				act(...args).catch(error => Promise.reject(troubleOf(error))),
	};
}
