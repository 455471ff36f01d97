import {postgresProxy} from '../harness/postgres.ts';
import {TcpProxy, targetOf} from '../harness/proxy.ts';
import {type NodeProcess, startNode} from './nodeProcess.ts';

/** A place in the cluster: the process in it is replaced when it dies, its proxies stay. */
export type Place = {
	readonly name: string;
	/** The home of a server. */
	readonly home: string | undefined;
	/** To the broker. */
	readonly proxy: TcpProxy;
	/** To the database, of a server that works on one. */
	readonly database: TcpProxy | undefined;
	readonly process: NodeProcess;
	/** Starts the process anew, after the one before has ended. */
	restart(): Promise<void>;
	/** Kills it, frozen or not. */
	close(): Promise<void>;
};

export type PlaceOptions = {
	readonly name: string;
	readonly role: 'server' | 'worker';
	readonly broker: string;
	/** Of a server. */
	readonly port: number;
	readonly home?: string;
	/** The database of a server, if its store is one. */
	readonly store?: string | undefined;
	/** Like `worker.slots=2`. */
	readonly settings: readonly string[];
	/** Of Node's own. */
	readonly flags?: readonly string[];
};

/** Resolves when its process is up. */
export async function openPlace(options: PlaceOptions): Promise<Place> {
	const {name, role, broker, port, home, store, settings, flags = []} = options;
	await using opened = new AsyncDisposableStack();
	const proxy = await TcpProxy.open(targetOf(broker));
	opened.defer(() => proxy.close());
	const database = store === undefined ? undefined : await postgresProxy(store);
	opened.defer(() => database?.close());
	const sets = [
		...settings,
		...(home === undefined ? [] : [`node.id=${home}`]),
		...(database && store !== undefined ? [`store.url=${database.through(store)}`] : []),
	].flatMap(setting => ['--set', setting]);
	const listens = role === 'server' ? ['--port', `${port}`] : [];
	const start = () => startNode(role, ['--broker', proxy.through(broker), ...listens, ...sets], flags);
	let node = await start();
	opened.defer(async () => {
		node.thaw();
		await node.kill();
	});
	const closing = opened.move();
	return {
		...{name, home, proxy, database},
		get process() {
			return node;
		},
		async restart() {
			node = await start();
		},
		close: () => closing.disposeAsync(),
	};
}
