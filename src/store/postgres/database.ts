// Small pools of connections: reads never stand in the way of a commit, nor commits in that of a lease. A connection that had an error
// is given up and replaced; while the server is away every call ends after a bounded time.
import pg from 'pg';
import type {Ambient} from '#observe/observe.ts';
import type {Address} from './address.ts';
import {createSessions} from './session.ts';
import {codeOf} from './trouble.ts';

/** A statement that is prepared once on each connection, under its name. */
export type Statement = {readonly name: string; readonly text: string};

export type Session = {
	run<Row>(statement: Statement, values?: readonly unknown[]): Promise<Row[]>;
	/** Several statements in one transaction, without parameters, that may take long; the rows of the last one. */
	script<Row>(text: string): Promise<Row[]>;
};

export type Database = {
	readonly read: Session;
	/** Every statement a transaction of its own. */
	readonly write: Session;
	/** As `write`, with a connection of its own: what a home says of its life waits for none of its commits to begin. */
	readonly live: Session;
	/** All of it or nothing. Started again when the server chose it as the victim of a deadlock. */
	transact<T>(work: (session: Session) => Promise<T>): Promise<T>;
	close(): Promise<void>;
};

export type Limits = {
	/** How long a connection may take to come about, ms. Default 5000. */
	readonly connectMs?: number;
	/** How long a statement may take, ms. Default 20,000. */
	readonly statementMs?: number;
};

const readers = 6;
const writers = 2;

/** For a script, ms. */
const patienceMs = 600_000;

/** Retries of what the server undid because of others: a deadlock, a serialization failure. */
const mostTries = 5;
const undone = ['40P01', '40001'];

/** The way to a schema; connects with the first statement. */
export function createDatabase({log}: Ambient, address: Address, limits: Limits): Database {
	const {connectMs = 5000, statementMs = 20_000} = limits;
	const {begin, config} = createSessions(address, connectMs, statementMs);
	const pool = (max: number) => {
		const one = new pg.Pool({...config, max, onConnect: begin});
		// A connection that breaks tells whoever uses it; an idle one is replaced, and nobody has to know.
		one.on('error', error => log.debug({err: error}, 'an idle connection to the store broke'));
		one.on('connect', client => client.on('error', () => {}));
		return one;
	};
	const [reading, writing, living] = [pool(readers), pool(writers), pool(1)];
	let closing: Promise<void> | undefined;
	const session = (of: pg.Pool): Session => ({
		run: (statement, values) => lend(of, client => sessionOf(client).run(statement, values)),
		script: text => lend(of, client => sessionOf(client).script(text)),
	});
	const writer = (of: pg.Pool): Session => ({
		run: (statement, values) => again(() => session(of).run(statement, values)),
		script: text => again(() => session(of).script(text)),
	});
	return {
		read: session(reading),
		write: writer(writing),
		live: writer(living),
		transact: work =>
			again(() =>
				lend(writing, async client => {
					await client.query('begin');
					const result = await work(sessionOf(client));
					await client.query('commit');
					return result;
				}),
			),
		close() {
			closing ??= Promise.all([reading.end(), writing.end(), living.end()]).then(() => {});
			return closing;
		},
	};
}

export function sessionOf(client: pg.ClientBase): Session {
	return {
		async run<Row>({name, text}: Statement, values: readonly unknown[] = []) {
			return (await client.query({name, text, values: [...values]})).rows as Row[];
		},
		async script<Row>(text: string) {
			// The driver knows the field, its types don't.
			const patient: pg.QueryConfig & {query_timeout: number} = {text, query_timeout: patienceMs};
			const results: unknown = await client.query(patient);
			return ((Array.isArray(results) ? results.at(-1) : results) as {rows: Row[]}).rows;
		},
	};
}

/** A connection on which something failed is closed, which also rolls back what it had begun. */
async function lend<T>(pool: pg.Pool, work: (client: pg.PoolClient) => Promise<T>): Promise<T> {
	const client = await pool.connect();
	let failed = true;
	try {
		const result = await work(client);
		failed = false;
		return result;
	} finally {
		client.release(failed);
	}
}

/** The server undid all of it, so it may be done again at once: whoever won has gone on. */
async function again<T>(work: () => Promise<T>): Promise<T> {
	for (let tries = 1; ; tries++) {
		try {
			return await work();
		} catch (error) {
			if (tries >= mostTries || !undone.includes(codeOf(error))) throw error;
		}
	}
}
