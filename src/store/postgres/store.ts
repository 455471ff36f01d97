import type {Ambient} from '#observe/observe.ts';
import type {Store} from '#store/store.ts';
import {parseAddress} from './address.ts';
import {prepareBacklog} from './backlog.ts';
import {prepareCommit} from './commit.ts';
import {prepareCounts} from './counts.ts';
import {createDatabase, type Database, type Limits} from './database.ts';
import {prepareDeaths} from './deaths.ts';
import {prepareFunctions} from './functions.ts';
import {prepareHomes} from './homes.ts';
import {prepareList, prepareOpenOf} from './list.ts';
import {migrate} from './migrate.ts';
import {preparePauses} from './pauses.ts';
import {preparePrune} from './prune.ts';
import {prepareBodies, prepareTasks} from './read.ts';
import {prepareScales} from './scales.ts';
import {migrations} from './schema.ts';
import {createSessions} from './session.ts';
import {prepareStrayed} from './strayed.ts';
import {prepareDue} from './timers.ts';
import {asTrouble} from './trouble.ts';

/** A commit costs as much by itself as eight tasks do (docs/decisions/0028). */
const pipeline = {depth: 2, least: 16};

export type PostgresOptions = Limits & {
	/** `postgres://user:password@host:5432/database?schema=warren`, with the driver's own parameters. */
	readonly url: string;
};

/**
 * The store in a schema of a PostgreSQL database, shared by any number of nodes. A commit is one statement.
 * @throws TypeError for a URL that can't be read, StoreTrouble when the database can't be used; the failure
 * says why and what to do
 */
export async function openPostgres(ambient: Ambient, {url, ...limits}: PostgresOptions): Promise<Store> {
	const address = parseAddress(url);
	const {connectMs = 5000, statementMs = 20_000} = limits;
	try {
		await migrate(ambient, address, createSessions(address, connectMs, statementMs), migrations);
	} catch (error) {
		throw asTrouble(address.shown, error);
	}
	return verbs(createDatabase(ambient, address, {connectMs, statementMs}), address.shown);
}

function verbs(db: Database, shown: string): Store {
	const {read, write} = db;
	const tasks = prepareTasks(read);
	const bodies = prepareBodies(read);
	const counts = prepareCounts(db);
	const due = prepareDue(read);
	const homes = prepareHomes(db);
	const scales = prepareScales(db);
	const pauses = preparePauses(db);
	const functions = prepareFunctions(read);
	const strayed = prepareStrayed(read);
	const verb = speaker(shown);
	return {
		shared: true,
		pipeline,
		// What its pages are like is its server's to know.
		damage: () => undefined,
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
		commit: verb(prepareCommit(db)),
		load: verb(tasks.load),
		loadByKey: verb(tasks.loadByKey),
		inputs: verb(bodies.inputs),
		results: verb(bodies.results),
		logs: verb(bodies.logs),
		history: verb(bodies.history),
		backlog: verb(prepareBacklog(read)),
		owing: verb(tasks.owing),
		due: verb(due.due),
		nextDue: verb(due.nextDue),
		untimed: verb(strayed.untimed),
		inBroker: verb(strayed.inBroker),
		waiting: verb(strayed.waiting),
		list: verb(prepareList(read)),
		counts: verb(counts.counts),
		recount: verb(counts.recount),
		ledger: verb(counts.ledger),
		stock: verb(counts.stock),
		deaths: verb(prepareDeaths(read)),
		openOf: verb(prepareOpenOf(read)),
		functions: verb(functions.functions),
		version: verb(functions.version),
		versions: verb(functions.versions),
		prune: verb(preparePrune(write)),
		close: verb(() => db.close()),
	};
}

/** Makes of the database's errors what the port promises. */
const speaker =
	(shown: string) =>
	<A extends unknown[], R>(act: (...args: A) => Promise<R>) =>
	async (...args: A): Promise<R> => {
		try {
			return await act(...args);
		} catch (error) {
			throw asTrouble(shown, error);
		}
	};
