import {mkdtemp, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import type {ExecutionContext} from 'ava';
import {type Client, createClient} from '#client/client.ts';
import {type NodeProcess, startNode} from '../chaos/nodeProcess.ts';
import {freePorts} from '../harness/ports.ts';
import {schema} from '../harness/postgres.ts';
import {prefix, rabbit} from '../harness/rabbit.ts';

export type TwoServers = {
	/** `n1` and `n2`. */
	readonly servers: readonly [NodeProcess, NodeProcess];
	/** Of `n1` and of `n2`. */
	readonly clients: readonly [Client, Client];
	/** Arguments for a process beside them: what it needs to belong to them, and these settings. */
	readonly beside: (...settings: string[]) => string[];
	/** A worker of theirs, of one executor. */
	readonly worker: () => Promise<NodeProcess>;
};

/**
 * Two servers as real processes on RabbitMQ and a PostgreSQL schema of their own, with a lease of 2 s. They are
 * killed after the test, where the test has not done it.
 * @param settings of both, `node.lease=2s`
 */
export async function twoServers(t: ExecutionContext, ...settings: readonly string[]): Promise<TwoServers> {
	const data = await mkdtemp(join(tmpdir(), 'warren-two-'));
	t.teardown(() => rm(data, {recursive: true, force: true}));
	const {url: broker} = await rabbit();
	const store = await schema(t);
	const common = [`broker.url=${broker}`, `broker.prefix=${prefix()}`];
	const beside = (...more: readonly string[]) => [...common, ...more].flatMap(one => ['--set', one]);
	const killed = async (starting: Promise<NodeProcess>) => {
		const node = await starting;
		t.teardown(async () => (node.alive ? node.kill() : undefined));
		return node;
	};
	const [one = 0, two = 0] = await freePorts(2);
	const server = (id: string, port: number) => {
		const own = [`node.id=${id}`, `node.data=${join(data, id)}`, `http.port=${port}`];
		const all = beside(`store.url=${store}`, 'node.lease=2s', ...own, ...settings);
		return killed(startNode('server', all));
	};
	const client = (port: number) => createClient({url: `http://127.0.0.1:${port}`});
	return {
		servers: await Promise.all([server('n1', one), server('n2', two)]),
		clients: [client(one), client(two)],
		beside,
		worker: () => killed(startNode('worker', beside('worker.executors=1'))),
	};
}
