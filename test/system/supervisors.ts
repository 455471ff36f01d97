// Supervisors as real processes on RabbitMQ, beside a server in this process.
import type {ExecutionContext} from 'ava';
import {type Client, createClient} from '#client/client.ts';
import type {ScaleView} from '#contract/supervisor.ts';
import type {WarrenOptions} from '#warren.ts';
import {type Spawned, spawned} from '../cli/process.ts';
import {tempFolder} from '../cli/pty.ts';
import {prefix, rabbit} from '../harness/rabbit.ts';
import {node} from './server.ts';

const patienceMs = 60_000;

/** @param options of the server */
export async function place(t: ExecutionContext, options: WarrenOptions = {}) {
	const broker = {url: (await rabbit()).url, prefix: prefix()};
	const warren = await node(t, broker, ['server'], options);
	const client = createClient({url: String(warren.url)});
	const supervise = (workers: number, ...more: string[]): Spawned =>
		spawned(t, tempFolder(t), [
			...['supervise', '--workers', String(workers), '--broker', broker.url, '--log', 'info'],
			...['--set', `broker.prefix=${broker.prefix}`, '--set', 'worker.executors=1', ...more],
		]);
	return {broker, client, warren, supervise};
}

/** Looks at the pool until it fits; says what was seen last if it never does. */
export async function scaled(client: Client, fits: (view: ScaleView) => boolean): Promise<ScaleView> {
	const until = Date.now() + patienceMs;
	for (;;) {
		const view = await client.scaled('default');
		if (fits(view)) return view;
		if (Date.now() > until)
			throw new Error(`The pool never came to be so; last seen: ${JSON.stringify(view)}`);
	}
}

export const pidsOf = ({supervisors}: ScaleView) =>
	supervisors.flatMap(({workers}) => workers.map(({pid}) => pid)).sort((a, b) => a - b);

/** Sends a signal, or only asks whether the process is there; false if it is not. */
export function killed(pid: number, signal: NodeJS.Signals | 0 = 'SIGKILL'): boolean {
	try {
		return process.kill(pid, signal);
	} catch {
		return false;
	}
}

export async function gone(pid: number): Promise<void> {
	const until = Date.now() + patienceMs;
	while (killed(pid, 0)) {
		if (Date.now() > until) throw new Error(`The process ${pid} is still there`);
		await new Promise(resolve => setImmediate(resolve));
	}
}

/** Resolves when this worker says that it runs something. */
export async function busy(client: Client, worker: string): Promise<void> {
	const until = Date.now() + patienceMs;
	while (!(await client.workers()).some(({id, busy: runs}) => id === worker && runs > 0)) {
		if (Date.now() > until) throw new Error(`The worker ${worker} never ran anything`);
	}
}
