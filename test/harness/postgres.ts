/**
 * PostgreSQL for tests. `schema()` is a fresh schema on the server that all tests of a file share;
 * `ownPostgres()` is a server that the test may kill.
 */
import {randomUUID} from 'node:crypto';
import type {ExecutionContext} from 'ava';
import pg from 'pg';
import {noteGap} from './gaps.ts';
import {type Settings, startCluster} from './postgresCluster.ts';
import {startPostgresContainer} from './postgresContainer.ts';
import {postgresReady} from './postgresReady.ts';
import {binaries, openPostgresServer, type PostgresServer, postgresKind} from './postgresServer.ts';
import {TcpProxy} from './proxy.ts';

// One for the process of a test file; it ends with the process.
let opened: Promise<PostgresServer> | undefined;

/** The URL of a server that is there as long as this process. */
export async function postgres(): Promise<string> {
	opened ??= openPostgresServer();
	return (await opened).url;
}

/** A store's URL with a schema of its own, which goes away with the test. */
export async function schema(t: ExecutionContext, server?: string): Promise<string> {
	const {url, drop} = await freshSchema(server);
	t.teardown(() => drop().catch(() => {}));
	return url;
}

/** The same for what is no test. */
export async function freshSchema(server?: string): Promise<{url: string; drop: () => Promise<void>}> {
	const url = server ?? (await postgres());
	const name = `wt_${randomUUID().slice(0, 8)}`;
	return {
		url: withSchema(url, name),
		drop: async () => void (await ask(url, `drop schema if exists ${name} cascade`)),
	};
}

export const withSchema = (url: string, name: string): string =>
	`${url}${url.includes('?') ? '&' : '?'}schema=${name}`;

/** The schema of such a URL, and the server's URL without it. */
export function partsOf(url: string): {server: string; schema: string} {
	const [, server = '', name = ''] = /^(.*)[?&]schema=(\w+)$/.exec(url) ?? [];
	return {server, schema: name};
}

/** Runs statements on a connection of their own; says the rows of the last one. */
export async function ask<Row extends pg.QueryResultRow>(server: string, text: string): Promise<Row[]> {
	const client = new pg.Client({connectionString: server});
	client.on('error', () => {});
	await client.connect();
	try {
		const results: unknown = await client.query(text);
		return ((Array.isArray(results) ? results.at(-1) : results) as pg.QueryResult<Row>).rows;
	} finally {
		await client.end();
	}
}

/** Asks again and again until there is a row. */
export async function found(server: string, text: string): Promise<void> {
	while ((await ask(server, text)).length === 0);
}

export type OwnPostgres = {
	readonly url: string;
	/** Ends the server without a goodbye. */
	kill(): Promise<void>;
	/** After `kill`: the same server with the same data, at the same URL. */
	start(): Promise<void>;
	stop(): Promise<void>;
};

/**
 * A server that the test may kill. A foreign one can't be killed: then its connections are cut instead, and
 * `gap` (what the test would have shown) is listed at the end of the run.
 * @param settings of the server, where it is not a foreign one
 */
export async function ownPostgres(gap: string, settings: Settings = {}): Promise<OwnPostgres> {
	const kind = await postgresKind();
	if (kind === 'cluster') return startCluster(binaries(), settings);
	if (kind === 'container') return ownContainer(settings);
	await noteGap(`${gap}: by cut connections only, with the database of WARREN_TEST_PG_URL`);
	const url = await postgres();
	const proxy = await postgresProxy(url);
	return {
		url: proxy.through(url),
		kill: async () => proxy.refuse(),
		start: async () => proxy.admit(),
		stop: () => proxy.close(),
	};
}

async function ownContainer(settings: Settings): Promise<OwnPostgres> {
	const container = await startPostgresContainer(settings);
	// A restarted container has another port: the proxy keeps the URL.
	const proxy = await postgresProxy(container.url());
	return {
		url: proxy.through(container.url()),
		kill: async () => {
			proxy.refuse();
			await container.restart();
		},
		start: async () => {
			await postgresReady(container.url());
			proxy.admit(placeOf(container.url()));
		},
		stop: async () => {
			await proxy.close();
			await container.stop();
		},
	};
}

/** A proxy before the server of a URL. */
export const postgresProxy = (url: string): Promise<TcpProxy> => TcpProxy.open(placeOf(url));

function placeOf(url: string): {host: string; port: number} {
	const {hostname, port} = new URL(url);
	return {host: hostname.replace(/^\[|\]$/g, ''), port: Number(port) || 5432};
}
