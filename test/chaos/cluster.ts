// A server and some workers as real processes, each behind a proxy of its own, on one broker, with the
// store in a file; and what a fault needs to get at them.
import {mkdtemp, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {setTimeout as delay} from 'node:timers/promises';
import {type Channel, connect} from 'amqplib';
import {classes, defaultClass, defaultPool} from '#actors/lane.ts';
import {type Client, createClient} from '#client/client.ts';
import {type Names, names} from '#transport/topology.ts';
import {freePorts} from '../harness/ports.ts';
import {type OwnRabbit, prefix} from '../harness/rabbit.ts';
import {openPlace, type Place} from './place.ts';
import {openVolume, type Volume} from './volume.ts';

export type ClusterOptions = {
	readonly rabbit: OwnRabbit;
	readonly workers: number;
	/** Of each worker. */
	readonly executors?: number;
	/** Of all nodes, like `worker.slots=2`. */
	readonly settings?: readonly string[];
	/** The store lies on a small disk of its own, to be filled. */
	readonly smallDisk?: boolean;
};

const home = 'n1';

export type Cluster = {
	readonly rabbit: OwnRabbit;
	readonly names: Names;
	readonly url: string;
	readonly client: Client;
	readonly server: Place;
	readonly workers: readonly Place[];
	readonly places: readonly Place[];
	readonly volume: Volume;
	/** Does something on the broker that only an administrator does. */
	readonly administer: <T>(work: (channel: Channel) => Promise<T>) => Promise<T>;
	/** The queue of all work. */
	readonly workQueue: string;
	/** Outcomes, timers and claims that came too late, over all lives of the server. */
	stale(): Promise<number>;
	close(): Promise<void>;
};

/** Resolves when all are up. What was started before a failure is taken down again. */
export async function openCluster(options: ClusterOptions): Promise<Cluster> {
	const {rabbit, workers, executors = 1, settings = [], smallDisk = false} = options;
	await using opened = new AsyncDisposableStack();
	const data = await mkdtemp(join(tmpdir(), 'warren-chaos-'));
	opened.defer(() => rm(data, {recursive: true, force: true}));
	const volume = await openVolume(join(data, 'store'), smallDisk);
	opened.defer(() => volume.close());
	const n = names(prefix());
	const [port = 0] = await freePorts(1);
	const url = `http://127.0.0.1:${port}`;
	const open = async (name: string, role: 'server' | 'worker', own: readonly string[]): Promise<Place> => {
		const common = {broker: rabbit.url, port};
		const place = await openPlace({name, role, ...common, settings: [`broker.prefix=${n.prefix}`, ...own]});
		opened.defer(() => place.close());
		return place;
	};
	const server = await open('server', 'server', [
		`node.data=${volume.folder}`,
		`node.id=${home}`,
		'dispatch.window=300',
		...settings,
	]);
	const own = [`worker.executors=${executors}`, ...settings];
	const starting = Array.from({length: workers}, (_, at) => open(`worker ${at + 1}`, 'worker', own));
	await Promise.allSettled(starting);
	const crew = await Promise.all(starting);
	await rabbit.settle();
	const closing = opened.move();
	return {
		...{rabbit, url, client: createClient({url}), server, workers: crew, places: [server, ...crew], volume},
		names: n,
		workQueue: n.work(defaultPool, defaultClass),
		administer: work => administer(rabbit.url, work),
		stale: createTally(url),
		async close() {
			await closing.disposeAsync();
			await administer(rabbit.url, channel => removeAll(channel, n));
		},
	};
}

const patienceMs = 60_000;
const betweenMs = 100;

/** The broker may be restarting: tries until it is there. */
async function administer<T>(url: string, work: (channel: Channel) => Promise<T>): Promise<T> {
	for (const until = performance.now() + patienceMs; ; ) {
		try {
			const model = await connect(url, {noDelay: true});
			model.on('error', () => {});
			const channel = await model.createChannel();
			channel.on('error', () => {});
			return await work(channel).finally(() => model.close().catch(() => {}));
		} catch (error) {
			if (performance.now() > until) throw error;
			await delay(betweenMs);
		}
	}
}

/** Leaves nothing behind on a broker that others use too. */
async function removeAll(channel: Channel, n: Names): Promise<void> {
	const queues = [n.intake, n.refused, n.returned, n.outcomes, n.functions, n.dead, n.node(home)];
	const work = classes.map(priority => n.work(defaultPool, priority));
	for (const queue of [...queues, ...work]) await channel.deleteQueue(queue);
	for (const exchange of [n.tasks, n.events, n.control, n.dlx]) await channel.deleteExchange(exchange);
}

/** A server counts from its start: what earlier ones had counted is kept here. */
function createTally(url: string): () => Promise<number> {
	let before = 0;
	let last = 0;
	return async () => {
		const text = await fetch(`${url}/metrics`).then(
			answer => answer.text(),
			() => '',
		);
		if (text === '') return before + last;
		let now = 0;
		for (const [, value] of text.matchAll(/^warren_events_stale_total\{[^}]*\} (\d+)/gm))
			now += Number(value);
		if (now < last) before += last;
		last = now;
		return before + last;
	};
}
