// How long a server is away that was killed: from the kill to `/readyz`, and to the answer of a call. First
// with nothing in the store, which is what starting the process takes; then with many open tasks.
import type {Nodes} from './recoveryNodes.ts';
import {until} from './recoveryProbe.ts';

export type Restart = {
	/** Open just before it was killed, by its ledger; some thousands of them in the broker. */
	readonly open: number;
	/** ms from the kill. */
	readonly readyMs: number;
	readonly servedMs: number;
};

/** Calls that were given to the broker when the server was killed. */
const inFlight = 500;
const code = 'export default input => input;';
/** Of a pool without workers: as many as its window takes are in the broker, the rest in the store, and all stay open. */
const later = {name: 'later', language: 'javascript', code, policy: {pool: 'nobody'}} as const;

/** Resolves to the restarts with nothing open but calls, and to those with so many tasks besides. */
export async function restarts(
	nodes: Nodes,
	waiting: number,
	times: number,
): Promise<[Restart[], Restart[]]> {
	const {client} = nodes;
	await client.deploy({name: 'echo', language: 'javascript', code});
	await client.deploy(later);
	const empty = await several(nodes, times);
	await submit(nodes, later.name, waiting);
	return [empty, await several(nodes, times)];
}

async function several(nodes: Nodes, times: number): Promise<Restart[]> {
	const all: Restart[] = [];
	for (let time = 0; time < times; time++) all.push(await restart(nodes));
	return all;
}

/** Kills the server while it has work in the broker, and starts it at once; the calls are all answered in the end. */
async function restart(nodes: Nodes): Promise<Restart> {
	const {client} = nodes;
	await client.invoke('echo', 1);
	const calls = await submit(nodes, 'echo', inFlight);
	const {ledger} = await client.status();
	const killedAt = performance.now();
	await nodes.server.kill();
	const starting = nodes.startServer();
	await answers(nodes.url, '/readyz', {});
	const readyMs = performance.now() - killedAt;
	const headers = {'content-type': 'application/json'};
	await answers(nodes.url, '/v1/functions/echo/invoke', {method: 'POST', headers, body: '1'});
	const servedMs = performance.now() - killedAt;
	nodes.server = await starting;
	await Promise.all(calls.map(task => client.wait(task)));
	return {open: ledger.waiting + ledger.running, readyMs, servedMs};
}

/** Resolves to their tasks. */
async function submit({client}: Nodes, name: string, count: number): Promise<string[]> {
	const tasks: string[] = [];
	const items = Array.from({length: count}, (_, n) => ({input: n}));
	for await (const answer of client.submitMany(name, items)) {
		if (!answer.ok) throw new Error(answer.failure.message);
		tasks.push(answer.receipt.task);
	}
	return tasks;
}

/** Asks again and again until the answer is good. */
const answers = (url: string, path: string, request: RequestInit): Promise<true> =>
	until(`${path} to answer`, async () => {
		const response = await fetch(url + path, request).catch(() => undefined);
		await response?.arrayBuffer();
		return response?.ok || undefined;
	});
