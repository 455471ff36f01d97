// Nodes as real processes that hold something without end when they are told to go, and what becomes of their
// broker meanwhile.
import type {ExecutionContext} from 'ava';
import {type Client, createClient} from '#client/client.ts';
import {partingMs} from '#node/leave.ts';
import {type Spawned, spawned} from '../cli/process.ts';
import {TcpProxy, targetOf} from '../harness/proxy.ts';
import {prefix, rabbit} from '../harness/rabbit.ts';

export const drainTimeoutMs = 500;
/** A machine with much else to do, ms. */
const slackMs = 12_000;
const patienceMs = 60_000;

export const endless = 'export default () => new Promise(() => {});';

/** What a node's way to its broker is like when it is told to go. */
export const ways = {
	'is well': () => {},
	'is gone': (way: TcpProxy) => way.refuse(),
	'is half-open': (way: TcpProxy) => way.silence(),
} as const;
export type Way = keyof typeof ways;

/**
 * A broker, with a way of its own to it for the node that is told to go.
 * @param own if not the one that all share
 */
export async function place(t: ExecutionContext, own?: string) {
	t.timeout(240_000);
	const url = own ?? (await rabbit()).url;
	const broker = {url, prefix: prefix()};
	const way = await TcpProxy.open(targetOf(url));
	t.teardown(() => way.close());
	return {
		broker,
		way,
		/** Starts a node that reaches the broker by the way. */
		start: (folder: string, ...args: string[]): Spawned =>
			spawned(t, folder, [
				...args,
				...['--broker', way.through(url), '--log', 'info', '--set', `broker.prefix=${broker.prefix}`],
				...['--set', `worker.drainTimeout=${drainTimeoutMs}ms`, '--set', 'worker.executors=1'],
			]),
	};
}

/** Resolves when the task runs, to the worker that has it. */
export async function runs(client: Client, task: string, elsewhere?: string): Promise<string> {
	const until = Date.now() + patienceMs;
	for (;;) {
		const {state, worker, text} = await client.why(task);
		if (state === 'running' && worker !== null && worker !== elsewhere) return worker;
		if (Date.now() > until) throw new Error(`The task never ran: it is ${state}, ${text}`);
	}
}

export async function endlessTask(client: Client): Promise<string> {
	await client.deploy({name: 'endless', language: 'javascript', code: endless});
	return (await client.submit('endless', null, {timeoutMs: 600_000})).task;
}

/** It runs elsewhere, and its first run has cost it nothing. */
export async function nothingCharged(t: ExecutionContext, client: Client, task: string, worker: string) {
	t.like(await client.cancel(task), {cancelled: true, stop: {worker}});
	t.like(await client.get(task), {state: 'cancelled', attempt: 1, charged: 0});
}

/** Tells a process to go: it has gone in time, and in good order. Gives its log. */
export async function goes(t: ExecutionContext, process: Spawned): Promise<string> {
	const since = performance.now();
	process.kill('SIGTERM');
	const {code, err} = await process.ended;
	const tookMs = performance.now() - since;
	t.is(code, 0, err);
	t.true(tookMs < drainTimeoutMs + partingMs + slackMs, `it took ${Math.round(tookMs)} ms: ${err}`);
	t.log(`${Math.round(tookMs)} ms`);
	t.notRegex(err, /"level":60/);
	return err;
}

/** The client of a server that runs as a process. */
export async function clientOf(server: Spawned): Promise<Client> {
	const {url} = await server.logs('this node is up');
	return createClient({url: String(url)});
}
