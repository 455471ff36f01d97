// What the guarantees rest on is set for every session, whatever the server's own settings are:
//
// - `synchronous_commit = on` (or a stronger one of the server's): a commit that resolves is on the disk.
// - READ COMMITTED: moves lock their rows and compare revisions after it (docs/decisions/0015).
// - Bounded waiting: for a statement, and for a transaction whose process is gone.
// - Plans are made once and serve batches of every size. All our statements find rows by index, and in the
//   order of one, so ways that only look cheap while a table is young (reading or sorting all of it) are
//   ruled out where there is another.
import pg from 'pg';
import type {Address} from './address.ts';

const settingsOf = (schema: string, statementMs: number): string => `
	set search_path to "${schema}";
	set default_transaction_isolation to 'read committed';
	set statement_timeout to ${statementMs};
	set idle_in_transaction_session_timeout to ${statementMs};
	set client_min_messages to warning;
	set plan_cache_mode to force_generic_plan;
	set enable_seqscan to off;
	set enable_hashjoin to off;
	set enable_mergejoin to off;
	set enable_bitmapscan to off;
	set enable_sort to off;
	set jit to off;
	select set_config('synchronous_commit', 'on', false)
	where current_setting('synchronous_commit') not in ('on', 'remote_apply');
`;

export type Sessions = {
	readonly config: pg.ClientConfig;
	/** Prepares a fresh connection. */
	readonly begin: (client: pg.ClientBase) => Promise<void>;
};

export function createSessions(address: Address, connectMs: number, statementMs: number): Sessions {
	const settings = settingsOf(address.schema, statementMs);
	return {
		config: {
			...address.client,
			application_name: address.client.application_name ?? 'warren',
			connectionTimeoutMillis: connectMs,
			// The server ends a statement in time; this is for a server that says nothing any more.
			query_timeout: statementMs + connectMs,
			keepAlive: true,
			types: {getTypeParser},
		},
		begin: async client => {
			await client.query(settings);
		},
	};
}

// Times and numbers of commits are below 2^53 for ever, so a bigint is a number here.
const bigint = 20;
const getTypeParser = ((oid: number, format?: 'text' | 'binary') =>
	oid === bigint ? Number : pg.types.getTypeParser(oid, format as 'text')) as typeof pg.types.getTypeParser;
