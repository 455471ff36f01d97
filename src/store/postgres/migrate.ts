import pg from 'pg';
import {pause} from '#lib/clock.ts';
import type {Ambient} from '#observe/observe.ts';
import {type Applied, checksum, type Migration, missingSteps} from '#store/ledger.ts';
import {unavailable} from '#store/unavailable.ts';
import type {Address} from './address.ts';
import type {Sessions} from './session.ts';
import {codeOf} from './trouble.ts';

const serverSettings = `select current_setting('fsync') as fsync, current_setting('synchronous_commit') as sync,
	current_setting('server_encoding') as encoding, current_setting('server_version_num')::int as version`;
const takeLock = "select pg_advisory_xact_lock(hashtextextended('warren ' || $1, 0))";
const lookAround = `select to_regnamespace($1) is not null as schema, to_regclass($1 || '.migrations') is not null as ledger,
	exists(select from pg_class where relnamespace = to_regnamespace($1) and relkind in ('r', 'p')) as tables`;
/** `tasks` first, as commits take it first: whoever holds another table of theirs is past that, and soon done. */
const listTables =
	"select tablename as name from pg_tables where schemaname = $1 order by tablename <> 'tasks', 1";
const createLedger = `create table migrations(
	number integer primary key,
	name text not null,
	checksum text not null,
	applied_at bigint not null
)`;
const readLedger = 'select number, name, checksum from migrations order by number';
const record = 'insert into migrations(number, name, checksum, applied_at) values($1, $2, $3, $4)';

type Server = {
	readonly fsync: string;
	readonly sync: string;
	readonly encoding: string;
	readonly version: number;
};
type Around = {readonly schema: boolean; readonly ledger: boolean; readonly tables: boolean};

const oldestVersion = 120_000;

/**
 * How long a step may wait for a table, ms: whoever wants to write to it waits behind the step, so a dump that
 * reads it must not hold up other nodes through us.
 */
const usualLockMs = 500;
/** Between two tries, ms: the others' turn. */
const restMs = 1000;
const mostTries = 300;
const lockNotAvailable = '55P03';

/**
 * Brings a schema to the newest shape, making it where it is missing: in one transaction, under a lock of
 * the schema's, so that several nodes may do it at once. Says how many steps it took.
 * @throws StoreTrouble when the schema is newer than this program, was made by steps that differ from ours,
 * or belongs to another program
 */
export async function migrate(
	ambient: Ambient,
	address: Address,
	{config, begin}: Sessions,
	steps: readonly Migration[],
	lockMs = usualLockMs,
): Promise<number> {
	// A step may take as long as it takes, and so may waiting for another node that takes it.
	const {query_timeout: _, ...patient} = config;
	const client = new pg.Client(patient);
	client.on('error', () => {});
	try {
		await client.connect();
		await begin(client);
		await checkServer(ambient, address, client);
		await client.query('set statement_timeout to 0; set idle_in_transaction_session_timeout to 0');
		return await insist(ambient, address, client, () => bringUp(client, ambient, address, steps, lockMs));
	} finally {
		await client.end().catch(() => {});
	}
}

async function checkServer({log}: Ambient, {shown}: Address, client: pg.Client): Promise<void> {
	const [server] = (await client.query<Server>(serverSettings)).rows;
	if (!server) return;
	if (server.version < oldestVersion)
		throw unavailable(`The store (${shown}) runs on a PostgreSQL that is too old: use 12 or newer`);
	if (server.encoding !== 'UTF8') {
		throw unavailable(
			`The store (${shown}) has the encoding ${server.encoding}: name a database with UTF8 in \`store.url\``,
		);
	}
	if (!['on', 'remote_apply'].includes(server.sync))
		throw unavailable(`The store (${shown}) does not let \`synchronous_commit\` be set to on`);
	if (server.fsync !== 'on') {
		log.warn(
			{store: shown, fsync: server.fsync},
			'the database server does not wait for its disk: committed tasks may be lost when its machine fails',
		);
	}
}

/** A table that others hold is left to them for a while, and then asked for again. */
async function insist(
	{clock, log}: Ambient,
	{shown}: Address,
	client: pg.Client,
	work: () => Promise<number>,
): Promise<number> {
	for (let tries = 1; ; tries++) {
		try {
			return await work();
		} catch (error) {
			if (codeOf(error) !== lockNotAvailable || tries === mostTries) throw error;
			log[tries === 1 ? 'warn' : 'debug'](
				{store: shown, err: error},
				'somebody holds a table that a migration changes; trying again (who: pg_locks)',
			);
			await client.query('rollback');
			await pause(clock, restMs);
		}
	}
}

async function bringUp(
	client: pg.Client,
	{clock, log}: Ambient,
	{schema, shown}: Address,
	steps: readonly Migration[],
	lockMs: number,
): Promise<number> {
	await client.query('begin');
	await client.query(takeLock, [schema]);
	await client.query(`set local lock_timeout to ${lockMs}`);
	const [around] = (await client.query<Around>(lookAround, [schema])).rows;
	if (!around?.schema) await client.query(`create schema "${schema}"`);
	if (!around?.ledger) {
		if (around?.tables) {
			throw unavailable(
				`The store (${shown}) has tables of another program: name another \`schema\` in \`store.url\``,
			);
		}
		await client.query(createLedger);
	}
	const applied = (await client.query<Applied>(readLedger)).rows;
	const missing = missingSteps(applied, steps, `The store (${shown})`);
	if (missing.length > 0 && around?.tables) await lockAll(client, schema);
	for (const [index, step] of missing.entries()) {
		await client.query(step.sql);
		await client.query(record, [applied.length + index + 1, step.name, checksum(step), clock.now()]);
	}
	await client.query('commit');
	if (missing.length > 0) log.info({store: shown, migrations: missing.length}, 'store migrated');
	return missing.length;
}

/** Before the first step: one that found a table held after another had built its indexes would undo them. */
async function lockAll(client: pg.Client, schema: string): Promise<void> {
	const {rows} = await client.query<{name: string}>(listTables, [schema]);
	const tables = rows.map(({name}) => `"${schema}"."${name}"`);
	await client.query(`lock table ${tables.join(', ')} in access exclusive mode`);
}
