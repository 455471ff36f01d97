import {TcpProxy, targetOf} from '../harness/proxy.ts';
import {type NodeProcess, startNode} from './nodeProcess.ts';

/** A place in the cluster: the process in it is replaced when it dies, its proxy to the broker stays. */
export type Place = {
	readonly name: string;
	readonly proxy: TcpProxy;
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
	/** Like `worker.slots=2`. */
	readonly settings: readonly string[];
};

/** Resolves when its process is up. */
export async function openPlace({name, role, broker, port, settings}: PlaceOptions): Promise<Place> {
	const proxy = await TcpProxy.open(targetOf(broker));
	const sets = settings.flatMap(setting => ['--set', setting]);
	const start = () => startNode(role, ['--broker', proxy.through(broker), '--port', `${port}`, ...sets]);
	let node = await start().catch(async error => {
		await proxy.close();
		throw error;
	});
	return {
		name,
		proxy,
		get process() {
			return node;
		},
		async restart() {
			node = await start();
		},
		async close() {
			node.thaw();
			await node.kill();
			await proxy.close();
		},
	};
}
