// What PostgreSQL and the way to it may answer that says something about the world, not about our
// statements, and what a person can do about each.
import {StoreTrouble} from '#store/store.ts';
import {unavailable} from '#store/unavailable.ts';

type Remedy = {readonly says: string; readonly todo: string};

/** By SQLSTATE (postgresql.org/docs/current/errcodes-appendix.html) or Node's code. */
const remedies: Readonly<Record<string, Remedy>> = {
	'28000': {says: 'refuses this user', todo: 'look at `store.url` and pg_hba.conf of the server'},
	'28P01': {says: 'does not take this password', todo: 'mend user and password in `store.url`'},
	'3D000': {says: 'does not exist', todo: 'create the database, or name another in `store.url`'},
	'42501': {says: 'does not allow this', todo: 'grant the user of `store.url` the schema and its tables'},
	'25006': {says: 'is read-only', todo: 'name the primary server in `store.url`, not a standby'},
	'53100': {says: 'has no room left on its disk', todo: 'free some space, or lower `store.retention`'},
	'53200': {says: 'is out of memory', todo: 'give the server memory, or fewer connections'},
	'53300': {says: 'takes no more connections', todo: 'raise `max_connections`, or run fewer nodes'},
	'40001': {says: 'has too much contention', todo: 'nothing: it is tried again'},
	'40P01': {says: 'has too much contention', todo: 'nothing: it is tried again'},
	'55P03': {says: 'is locked by another session', todo: 'look for who holds it in pg_locks'},
	'57014': {says: 'did not answer in time', todo: 'look at its load, and for locks in pg_locks'},
	'57P01': {says: 'is shutting down or ended this connection', todo: 'start it again'},
	'57P02': {says: 'has crashed and is starting again', todo: 'look at its log'},
	'57P03': {says: 'is starting or stopping', todo: 'wait for it, or look at its log'},
	'57P04': {says: 'was dropped', todo: 'restore it, or name another in `store.url`'},
	'57P05': {says: 'ended an idle connection', todo: 'nothing: it is tried again'},
};

/** By the first two characters of a SQLSTATE that is not above. */
const classes: Readonly<Record<string, Remedy>> = {
	'08': {says: 'lost its connection', todo: 'look at the network and at the server'},
	'28': {says: 'refuses this user', todo: 'mend user and password in `store.url`'},
	'53': {says: 'lacks resources', todo: 'look at the disk, the memory and the log of the server'},
	'57': {says: 'was interrupted', todo: 'look at the log of the server'},
	'58': {says: 'has trouble with its machine', todo: 'look at the disk and the log of the server'},
	XX: {says: 'is damaged', todo: 'look at its log; restore it from a backup'},
};

const away: Remedy = {says: 'cannot be reached', todo: 'start it, or look at the network and `store.url`'};
const cut: Remedy = {says: 'lost its connection', todo: 'look at the network and at the server'};
const mistrusted: Remedy = {
	says: 'is not trusted',
	todo: 'give its authority with `sslrootcert` in `store.url`, or mend its certificate',
};

/** Errors that come with words instead of a code, from the driver and from Node. */
const sayings: readonly (readonly [RegExp, Remedy])[] = [
	[/after calling end on the pool|client was closed/i, {says: 'is closed', todo: 'open it again'}],
	[/timeout exceeded when trying to connect|due to connection timeout|timeout expired/i, away],
	[/query read timeout/i, {says: 'did not answer in time', todo: 'look at the network and at the server'}],
	[/connection terminated|connection error|not queryable|socket hang up/i, cut],
	[/does not support SSL/i, {says: 'speaks no TLS', todo: 'turn it on there, or `sslmode=disable` here'}],
	[/certificate|self.signed|altnames/i, mistrusted],
];

const network = /^(?:ECONN|EHOST|ENET|ENOTFOUND|EAI_|ETIMEDOUT|EPIPE|ENOENT|EACCES)/;

/** The SQLSTATE of an error of the server, or Node's code of one of the network. */
export function codeOf(error: unknown): string {
	const code = error instanceof Error && 'code' in error ? error.code : undefined;
	return typeof code === 'string' ? code : '';
}

/** What a caller may be told of an error of the database; errors that are bugs stay as they are. */
export function asTrouble(shown: string, error: unknown): unknown {
	if (!(error instanceof Error) || error instanceof StoreTrouble) return error;
	const remedy = remedyOf(error);
	if (!remedy) return error;
	// Of several addresses that were tried in vain, the errors are inside.
	const inner = error instanceof AggregateError ? error.errors.find(one => one instanceof Error) : undefined;
	const said = error.message || (inner as Error | undefined)?.message || codeOf(error);
	return unavailable(`The store (${shown}) ${remedy.says} (${said}): ${remedy.todo}`, error);
}

function remedyOf(error: Error): Remedy | undefined {
	const code = codeOf(error);
	if (remedies[code]) return remedies[code];
	if (/^[0-9A-Z]{5}$/.test(code) && !network.test(code)) return classes[code.slice(0, 2)];
	if (code === 'ECONNRESET' || code === 'EPIPE') return cut;
	if (network.test(code)) return away;
	if (/CERT|TLS|SSL|UNABLE_TO_/.test(code)) return mistrusted;
	return sayings.find(([pattern]) => pattern.test(error.message))?.[1];
}
