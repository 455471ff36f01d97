// A server and some workers as real processes, each behind a proxy of its own, on one broker, with the
// store in a file; and what a fault needs to get at them.
import {mkdtemp, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {setTimeout as delay} from 'node:timers/promises';
import {type Channel, connect} from 'amqplib';
import {type Client, createClient} from '#client/client.ts';
import {defaultClass, defaultPool, type Names, names} from '#transport/topology.ts';
import {freePorts} from '../harness/ports.ts';
import {TcpProxy, targetOf} from '../harness/proxy.ts';
import {type OwnRabbit, prefix} from '../harness/rabbit.ts';
import {type NodeProcess, startNode} from './nodeProcess.ts';
import {openVolume, type Volume} from './volume.ts';

export type ClusterOptions = {
	readonly rabbit: OwnRabbit;
	readonly workers: number;
	/** Of each worker. */
	readonly executors?: number;
	/** Of each worker, like `worker.slots=2`. */
	readonly settings?: readonly string[];
	/** The store lies on a small disk of its own, to be filled. */
	readonly smallDisk?: boolean;
};

const home = 'n1';

/** A place in the cluster: the process in it is replaced when it dies, its proxy stays. */
export type Place = {
	readonly name: string;
	readonly proxy: TcpProxy;
	process: NodeProcess;
	/** Starts the process anew, after the one before has ended. */
	restart(): Promise<void>;
};

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
	administer<T>(work: (channel: Channel) => Promise<T>): Promise<T>;
	/** The queue of all work. */
	readonly workQueue: string;
	/** Outcomes, timers and claims that came too late, over all lives of the server. */
	stale(): Promise<number>;
	close(): Promise<void>;
};

export async function openCluster({
	rabbit,
	workers,
	executors = 1,
	settings = [],
	smallDisk = false,
}: ClusterOptions): Promise<Cluster> {
	const data = await mkdtemp(join(tmpdir(), 'warren-chaos-'));
	const volume = await openVolume(join(data, 'store'), smallDisk);
	const own = prefix();
	const [port = 0] = await freePorts(1);
	const url = `http://127.0.0.1:${port}`;
	const client = createClient({url});
	const place = async (
		name: string,
		role: 'server' | 'worker',
		settings: readonly string[],
	): Promise<Place> => {
		const proxy = await TcpProxy.open(targetOf(rabbit.url));
		const sets = [`broker.prefix=${own}`, ...settings].flatMap(setting => ['--set', setting]);
		const start = () =>
			startNode(role, ['--broker', proxy.through(rabbit.url), '--port', `${port}`, ...sets]);
		const made: Place = {
			name,
			proxy,
			process: await start(),
			async restart() {
				made.process = await start();
			},
		};
		return made;
	};
	const server = await place('server', 'server', [
		`node.data=${volume.folder}`,
		`node.id=${home}`,
		'dispatch.window=300',
	]);
	const crew = await Promise.all(
		Array.from({length: workers}, (_, at) =>
			place(`worker ${at + 1}`, 'worker', [`worker.executors=${executors}`, ...settings]),
		),
	);
	await rabbit.settle();
	const places = [server, ...crew];
	const tally = createTally(url);
	return {
		...{rabbit, url, client, server, workers: crew, places, volume},
		names: names(own),
		workQueue: names(own).work(defaultPool, defaultClass),
		administer: work => administer(rabbit.url, work),
		stale: tally,
		async close() {
			for (const {process} of places) process.thaw();
			await Promise.all(places.map(({process}) => process.kill()));
			await Promise.all(places.map(({proxy}) => proxy.close()));
			await volume.close();
			await rm(data, {recursive: true, force: true});
			await administer(rabbit.url, channel => removeAll(channel, names(own)));
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
	for (const queue of [...queues, n.work(defaultPool, defaultClass)]) await channel.deleteQueue(queue);
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
