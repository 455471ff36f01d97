// What befalls servers that share a database. Who is taken for dead stays away until nothing of what it had
// in the broker is its own any more: others have adopted it, and it comes back to find that out.
import {setTimeout as delay} from 'node:timers/promises';
import {ask} from '../harness/postgres.ts';
import type {Cluster} from './cluster.ts';
import type {Place} from './place.ts';
import type {Fault} from './scene.ts';

export const serverFaults = {
	async 'kill-server'({cluster, dice, hold}) {
		await cluster.stale();
		const place = dice.pick(cluster.servers);
		await place.process.kill();
		const adopted = await adoption(cluster, place);
		await hold(0, 500);
		await place.restart();
		return `${place.name}${adopted}`;
	},
	/** It stands still beyond its lease, and goes on with all that it had in hand. */
	async 'stop-server'({cluster, dice, hold}) {
		const place = dice.pick(cluster.servers);
		place.process.freeze();
		const adopted = await adoption(cluster, place);
		await hold(0, 5000);
		place.process.thaw();
		return `${place.name}${adopted}`;
	},
	/** It lives on in the database, so nobody adopts anything. */
	async 'part-broker'({cluster, dice, hold}) {
		const place = dice.pick(cluster.servers);
		const how = dice.pick(ways);
		place.proxy[how]();
		await hold(1000, 15_000);
		heal(place.proxy);
		return `${place.name} (${how})`;
	},
	/** It is taken for dead, and goes on with what comes from the broker. */
	async 'part-database'({cluster, dice, hold}) {
		const place = dice.pick(cluster.servers.filter(({database}) => database));
		const how = dice.pick(ways);
		place.database?.[how]();
		const adopted = await adoption(cluster, place);
		await hold(0, 5000);
		if (place.database) heal(place.database);
		return `${place.name} (${how})${adopted}`;
	},
	async 'kill-postgres'({cluster: {database}, hold}) {
		if (!database) throw new Error('Expected a cluster with a database to kill');
		await database.server.kill();
		await hold(0, 3000);
		await database.server.start();
		return 'the database';
	},
} as const satisfies Record<string, Fault>;

/** How a network parts two: it says so, or it says nothing. */
const ways = ['refuse', 'silence'] as const;

function heal(proxy: Place['proxy']): void {
	proxy.admit();
	proxy.thaw();
}

const patienceMs = 60_000;
const betweenMs = 25;

/**
 * Resolves once a server's lease is over and nothing that is placed is its own; to how much was, in words.
 * Alone, it has nobody who would adopt.
 */
async function adoption({database, servers}: Cluster, {name, home}: Place): Promise<string> {
	if (!database || servers.length < 2) return '';
	const look = () => ask<Look>(database.server.url, lookAt(database.schema, home ?? ''));
	const before = await look();
	for (const until = performance.now() + patienceMs; ; ) {
		const [now] = await look();
		if (now && !now.live && now.placed === 0) return `, and its ${before[0]?.placed} placed tasks adopted`;
		if (performance.now() > until) {
			throw new Error(`Nobody adopted the tasks of ${name} in ${patienceMs} ms: ${JSON.stringify(now)}`);
		}
		await delay(betweenMs);
	}
}

type Look = {readonly live: boolean; readonly placed: number};

const lookAt = (schema: string, home: string): string => `select
	coalesce(live_until, 0) > extract(epoch from clock_timestamp()) * 1000 as live,
	(select count(*)::int from ${schema}.tasks where open and placed and tasks.home = homes.home) as placed
	from ${schema}.homes where home = '${home}'`;
