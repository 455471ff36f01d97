// Servers and workers as real processes, each behind a proxy of its own, on one broker, with the store in
// a file or in a database; and what a fault needs to get at them.
import {mkdtemp, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {setTimeout as delay} from 'node:timers/promises';
import {type ConfirmChannel, connect} from 'amqplib';
import {type Class, classes, defaultPool} from '#actors/lane.ts';
import type {Client} from '#client/client.ts';
import {type Names, names} from '#transport/topology.ts';
import {freePorts} from '../harness/ports.ts';
import {ask, type OwnPostgres, withSchema} from '../harness/postgres.ts';
import {type OwnRabbit, prefix} from '../harness/rabbit.ts';
import {clientOf} from './balancer.ts';
import {openPlace, type Place, type PlaceOptions} from './place.ts';
import {openVolume, type Volume} from './volume.ts';

export type ClusterOptions = {
	readonly rabbit: OwnRabbit;
	/** One unless given; several need a database. */
	readonly servers?: number;
	/** Where the store is, if not in a file. */
	readonly postgres?: OwnPostgres | undefined;
	readonly workers: number;
	/** Of each worker. */
	readonly executors?: number;
	/** Of all nodes, like `worker.slots=2`. */
	readonly settings?: readonly string[];
	/** The store lies on a small disk of its own, to be filled. */
	readonly smallDisk?: boolean;
};

export type Cluster = {
	readonly rabbit: OwnRabbit;
	/** Where the store is, and the URL of it past all proxies. */
	readonly database:
		| {readonly server: OwnPostgres; readonly url: string; readonly schema: string}
		| undefined;
	readonly names: Names;
	/** Of each server. */
	readonly urls: readonly string[];
	/** Asks whichever server answers. */
	readonly client: Client;
	readonly servers: readonly Place[];
	readonly workers: readonly Place[];
	readonly places: readonly Place[];
	readonly homes: readonly string[];
	readonly volume: Volume;
	/** The queue to which what is offered over AMQP is answered. */
	readonly answers: string;
	/** Does something on the broker that only an administrator does. */
	readonly administer: <T>(work: (channel: ConfirmChannel) => Promise<T>) => Promise<T>;
	/** The queue of the work of a class. */
	readonly workQueue: (priority: Class) => string;
	/** Outcomes, timers and claims that came too late, over all lives of the servers, by their names. */
	stale(): Promise<Counts>;
	close(): Promise<void>;
};

/** Resolves when all are up. What was started before a failure is taken down again. */
export async function openCluster(options: ClusterOptions): Promise<Cluster> {
	const {rabbit, servers: count = 1, postgres, workers, executors = 1, settings = []} = options;
	await using opened = new AsyncDisposableStack();
	const data = await mkdtemp(join(tmpdir(), 'warren-chaos-'));
	opened.defer(() => rm(data, {recursive: true, force: true}));
	const volume = await openVolume(join(data, 'store'), options.smallDisk ?? false);
	opened.defer(() => volume.close());
	const n = names(prefix());
	const schema = n.prefix.replace('-', '_');
	const database = postgres && {server: postgres, schema, url: withSchema(postgres.url, schema)};
	const ports = await freePorts(count);
	const urls = ports.map(port => `http://127.0.0.1:${port}`);
	const open = async (name: string, own: Pick<PlaceOptions, 'role' | 'settings'> & Partial<PlaceOptions>) => {
		const settings = [`broker.prefix=${n.prefix}`, ...own.settings];
		const place = await openPlace({name, broker: rabbit.url, port: 0, ...own, settings});
		opened.defer(() => place.close());
		return place;
	};
	const openServer = (port: number, at: number): Promise<Place> => {
		const home = `n${at + 1}`;
		const folder = database ? join(data, home) : volume.folder;
		return open(count === 1 ? 'server' : `server ${at + 1}`, {
			...{role: 'server', port, home, store: database?.url, flags: volume.flags},
			settings: [`node.data=${folder}`, 'dispatch.window=300', ...settings],
		});
	};
	const servers = await all(ports.map(openServer));
	const own = [`worker.executors=${executors}`, ...settings];
	const hands = Array.from({length: workers}, (_, at) => `worker ${at + 1}`);
	const crew = await all(hands.map(name => open(name, {role: 'worker', settings: own})));
	const answers = `answers-${n.prefix}`;
	const kept = {durable: true, arguments: {'x-queue-type': 'quorum'}};
	await administer(rabbit.url, channel => channel.assertQueue(answers, kept));
	await rabbit.settle();
	const homes = servers.flatMap(({home}) => home ?? []);
	const tallies = urls.map(createTally);
	const closing = opened.move();
	return {
		...{
			rabbit,
			database,
			urls,
			client: clientOf(urls),
			servers,
			workers: crew,
			places: [...servers, ...crew],
		},
		...{homes, volume, names: n, answers},
		workQueue: priority => n.work(defaultPool, priority),
		administer: work => administer(rabbit.url, work),
		stale: async () => (await Promise.all(tallies.map(tally => tally()))).reduce(sumOf),
		async close() {
			await closing.disposeAsync();
			await administer(rabbit.url, channel =>
				removeAll(channel, n, [answers, ...homes.map(home => n.node(home))]),
			);
			if (postgres) await ask(postgres.url, `drop schema if exists ${schema} cascade`);
		},
	};
}

/** Resolves once each of them has: one that fails must not leave another behind that is still starting. */
async function all<T>(starting: readonly Promise<T>[]): Promise<T[]> {
	await Promise.allSettled(starting);
	return Promise.all(starting);
}

const patienceMs = 60_000;
const betweenMs = 100;

/** The broker may be restarting: tries until it is there. */
async function administer<T>(url: string, work: (channel: ConfirmChannel) => Promise<T>): Promise<T> {
	for (const until = performance.now() + patienceMs; ; ) {
		try {
			const model = await connect(url, {noDelay: true});
			model.on('error', () => {});
			const channel = await model.createConfirmChannel();
			channel.on('error', () => {});
			return await work(channel).finally(() => model.close().catch(() => {}));
		} catch (error) {
			if (performance.now() > until) throw error;
			await delay(betweenMs);
		}
	}
}

/** Leaves nothing behind on a broker that others use too. */
async function removeAll(channel: ConfirmChannel, n: Names, others: readonly string[]): Promise<void> {
	const queues = [n.intake, n.refused, n.returned, n.outcomes, n.functions, n.dead, ...others];
	const work = classes.map(priority => n.work(defaultPool, priority));
	for (const queue of [...queues, ...work]) await channel.deleteQueue(queue);
	for (const exchange of [n.tasks, n.events, n.control, n.dlx]) await channel.deleteExchange(exchange);
}

/** How many of each name. */
export type Counts = Readonly<Record<string, number>>;

const sumOf = (one: Counts, other: Counts): Counts =>
	Object.fromEntries(
		[...new Set([...Object.keys(one), ...Object.keys(other)])].map(name => [
			name,
			(one[name] ?? 0) + (other[name] ?? 0),
		]),
	);

/** A server counts from its start: what earlier ones had counted is kept here. */
function createTally(url: string): () => Promise<Counts> {
	let before: Counts = {};
	let last: Counts = {};
	return async () => {
		const text = await fetch(`${url}/metrics`).then(
			answer => answer.text(),
			() => '',
		);
		if (text === '') return sumOf(before, last);
		const found = text.matchAll(/^warren_events_stale_total\{type="([^"]*)"\} (\d+)/gm);
		const now = Object.fromEntries([...found].map(([, name, value]) => [name as string, Number(value)]));
		if (Object.entries(last).some(([name, count]) => (now[name] ?? 0) < count)) before = sumOf(before, last);
		last = now;
		return sumOf(before, last);
	};
}
