// What befalls servers that share a database. Who is taken for dead stays away until nothing of what it had
// in the broker is its own any more: others have adopted it, and it comes back to find that out.
import {setTimeout as delay} from 'node:timers/promises';
import {ask} from '../harness/postgres.ts';
import type {Cluster} from './cluster.ts';
import type {Place} from './place.ts';
import type {Fault, Hit} from './scene.ts';

export const serverFaults = {
	async 'kill-server'({cluster, hold}) {
		await cluster.stale();
		const place = await busiest(cluster);
		await place.process.kill();
		const adopted = await adoption(cluster, place);
		await hold(0, 500);
		await place.restart();
		return hit(place.name, adopted);
	},
	/** It stands still beyond its lease, and goes on with all that it had in hand. */
	async 'stop-server'({cluster, hold}) {
		const place = await busiest(cluster);
		place.process.freeze();
		const adopted = await adoption(cluster, place);
		await hold(0, 5000);
		place.process.thaw();
		return hit(place.name, adopted);
	},
	/** It lives on in the database, until it gives that up: then others take its tasks. */
	async 'part-broker'({cluster, dice, hold}) {
		const place = await busiest(cluster);
		const how = dice.pick(ways);
		const isLong = how === 'refuse' && dice.next() < 0.7;
		const count = place.proxy.size;
		place.proxy[how]();
		const adopted = isLong ? await adoption(cluster, place) : undefined;
		await hold(1000, 15_000);
		heal(place.proxy);
		const what = `${place.name} (${how}, ${count} connections)`;
		return count === 0 ? {what, missed: 'there were none'} : hit(what, adopted);
	},
	/** It is taken for dead, and goes on with what comes from the broker. */
	async 'part-database'({cluster, dice, hold}) {
		const place = await busiest(cluster);
		const how = dice.pick(ways);
		place.database?.[how]();
		const adopted = await adoption(cluster, place);
		await hold(0, 5000);
		if (place.database) heal(place.database);
		return hit(`${place.name} (${how})`, adopted);
	},
	async 'kill-postgres'({cluster: {database}, hold}) {
		if (!database) throw new Error('Expected a cluster with a database to kill');
		await database.server.kill();
		await hold(0, 3000);
		await database.server.start();
		return {what: 'the database'};
	},
} as const satisfies Record<string, Fault>;

/** @param adopted of how many tasks; undefined: nobody was there to adopt, or there was nothing to wait for */
function hit(what: string, adopted: number | undefined): Hit {
	if (adopted === undefined) return {what};
	return {
		what: `${what}, and its ${adopted} placed tasks adopted`,
		missed: adopted === 0 ? 'it had none' : undefined,
	};
}

/** How a network parts two: it says so, or it says nothing. */
const ways = ['refuse', 'silence'] as const;

function heal(proxy: Place['proxy']): void {
	proxy.admit();
	proxy.thaw();
}

const patienceMs = 60_000;
const betweenMs = 25;

/** The one whose loss costs most now: with the most tasks in the broker. */
async function busiest(cluster: Cluster): Promise<Place> {
	const [first] = cluster.servers;
	if (!first) throw new Error('Expected a server to hit');
	const looks = cluster.servers.length < 2 ? [] : await look(cluster);
	const most = looks.toSorted((a, b) => b.placed - a.placed)[0]?.home;
	return cluster.servers.find(({home}) => home === most) ?? first;
}

/**
 * Resolves once a server's lease is over and nothing that is placed is its own; to how much was. Alone, it
 * has nobody who would adopt.
 */
async function adoption(cluster: Cluster, {name, home}: Place): Promise<number | undefined> {
	if (!cluster.database || cluster.servers.length < 2) return undefined;
	const one = async () => (await look(cluster)).find(each => each.home === home);
	const before = await one();
	for (const until = performance.now() + patienceMs; ; ) {
		const now = await one();
		if (now && !now.live && now.placed === 0) return before?.placed ?? 0;
		if (performance.now() > until) {
			throw new Error(`Nobody adopted the tasks of ${name} in ${patienceMs} ms: ${JSON.stringify(now)}`);
		}
		await delay(betweenMs);
	}
}

type Look = {readonly home: string; readonly live: boolean; readonly placed: number};

async function look({database}: Cluster): Promise<Look[]> {
	if (!database) return [];
	const {server, schema} = database;
	return ask<Look>(
		server.url,
		`select home, coalesce(live_until, 0) > extract(epoch from clock_timestamp()) * 1000 as live, (
			select count(*)::int from ${schema}.tasks where open and placed and tasks.home = homes.home
		) as placed from ${schema}.homes order by home`,
	);
}
