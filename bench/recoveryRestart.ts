// How long a server is away that was killed: from the kill to `/readyz`, and to the answer of a call. First
// with nothing in the store, which is what starting the process takes; then with many open tasks.
import {setTimeout as delay} from 'node:timers/promises';
import type {Nodes} from './recoveryNodes.ts';
import {until} from './recoveryProbe.ts';

export type Restart = {
	/** Open when it was killed, by the ledger of the server that came after it. */
	readonly open: number;
	/** ms from the kill. */
	readonly readyMs: number;
	readonly servedMs: number;
};

/** What was given to the broker when the server was killed, at most. */
const inFlight = 500;
/** How many of a server's window are placed before their function is paused, and then run out. */
const window = 10_000;
const lookMs = 5;
const code = 'export default input => input;';

/** Resolves to the restarts with an empty store and to those with so many tasks that wait. */
export async function restarts(
	nodes: Nodes,
	waiting: number,
	times: number,
): Promise<[Restart[], Restart[]]> {
	const {client} = nodes;
	for (const name of ['echo', 'later']) await client.deploy({name, language: 'javascript', code});
	const empty = await several(nodes, times);
	// Paused once they are there: whatever of them is not in the broker by then stays in the store, and calls
	// of other functions need not wait for it.
	for (const worker of nodes.workers) await worker.kill();
	const items = Array.from({length: waiting + window}, (_, n) => ({input: n}));
	for await (const answer of client.submitMany('later', items)) {
		if (!answer.ok) throw new Error(answer.failure.message);
	}
	await client.pause('later');
	for (const at of nodes.workers.keys()) nodes.workers[at] = await nodes.startWorker();
	await settled(nodes, waiting);
	return [empty, await several(nodes, times, waiting)];
}

async function several(nodes: Nodes, times: number, waiting = 0): Promise<Restart[]> {
	const all: Restart[] = [];
	for (let time = 0; time < times; time++) {
		all.push(await restart(nodes));
		await settled(nodes, waiting);
	}
	return all;
}

/** Kills the server while it has work in the broker, and starts it at once. */
async function restart(nodes: Nodes): Promise<Restart> {
	const {client} = nodes;
	await client.invoke('echo', 1);
	const items = Array.from({length: inFlight}, (_, n) => ({input: n}));
	const {backlog} = await client.status();
	for await (const answer of client.submitMany('echo', items)) {
		if (!answer.ok) throw new Error(answer.failure.message);
	}
	const killedAt = performance.now();
	await nodes.server.kill();
	const starting = nodes.startServer();
	await answers(nodes.url, '/readyz', {});
	const readyMs = performance.now() - killedAt;
	const headers = {'content-type': 'application/json'};
	await answers(nodes.url, '/v1/functions/echo/invoke', {method: 'POST', headers, body: '1'});
	const servedMs = performance.now() - killedAt;
	nodes.server = await starting;
	return {open: backlog, readyMs, servedMs};
}

/** Asks again and again until the answer is good. */
const answers = (url: string, path: string, request: RequestInit): Promise<true> =>
	until(`${path} to answer`, async () => {
		const response = await fetch(url + path, request).catch(() => undefined);
		await response?.arrayBuffer();
		return response?.ok || undefined;
	});

/** Only what waits is open. */
const settled = ({client}: Nodes, waiting: number): Promise<true> =>
	until(`${waiting} tasks to be left`, async () => {
		await delay(lookMs);
		const {ledger, inFlight: placed} = await client.status();
		return (placed === 0 && ledger.waiting === waiting) || undefined;
	});
