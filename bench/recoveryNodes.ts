// The nodes of `npm run bench:recovery`: a server and workers as the processes that `warren server` and
// `warren worker` are, on a broker, each to be killed and started again with the same settings.
import {mkdtemp, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {type Client, createClient} from '#client/client.ts';
import {type NodeProcess, startNode} from '../test/chaos/nodeProcess.ts';
import {freePorts} from '../test/harness/ports.ts';
import {prefix} from '../test/harness/rabbit.ts';

export type Nodes = {
	readonly url: string;
	readonly client: Client;
	/** Of each worker. */
	readonly executors: number;
	server: NodeProcess;
	readonly workers: NodeProcess[];
	startServer(): Promise<NodeProcess>;
	startWorker(): Promise<NodeProcess>;
	/** Kills all, and removes the data. */
	stop(): Promise<void>;
};

export type NodesOptions = {
	readonly broker: string;
	readonly workers: number;
	/** Of each worker. */
	readonly executors: number;
};

/** Resolves when all are up. */
export async function startNodes({broker, workers, executors}: NodesOptions): Promise<Nodes> {
	const folder = await mkdtemp(join(tmpdir(), 'warren-recovery-'));
	const [port = 0] = await freePorts(1);
	const url = `http://127.0.0.1:${port}`;
	const start = (role: 'server' | 'worker', settings: readonly string[]) =>
		startNode(role, ['--broker', broker, ...settings.flatMap(setting => ['--set', setting])]);
	const own = `broker.prefix=${prefix()}`;
	// What is killed here on purpose would pause its function.
	const serverSettings = [own, `http.port=${port}`, `node.data=${join(folder, 'data')}`, 'breaker.crashes=0'];
	const startServer = () => start('server', serverSettings);
	const startWorker = () => start('worker', [own, `worker.executors=${executors}`]);
	const nodes: Nodes = {
		...{url, client: createClient({url}), executors, startServer, startWorker},
		server: await startServer(),
		workers: [],
		async stop() {
			for (const node of [nodes.server, ...nodes.workers]) {
				node.thaw();
				await node.kill();
			}
			await rm(folder, {recursive: true, force: true});
		},
	};
	for (let at = 0; at < workers; at++) nodes.workers.push(await startWorker());
	return nodes;
}
