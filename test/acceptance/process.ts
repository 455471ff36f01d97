// Nodes as processes that a test kills without a goodbye.
import {type ChildProcess, spawn} from 'node:child_process';
import {once} from 'node:events';
import process from 'node:process';
import {createInterface} from 'node:readline';
import {fileURLToPath} from 'node:url';
import type {ExecutionContext} from 'ava';
import type {WarrenOptions} from '#warren.ts';

const fixture = fileURLToPath(new URL('node.ts', import.meta.url));
const flags = ['--conditions=source', '--no-node-snapshot', '--disable-warning=ExperimentalWarning'];

export type NodeProcess = {
	/** Where REST is reached; of a node without it, nowhere. */
	readonly url: string;
	readonly kill: () => Promise<void>;
};

/** Resolves when the node has started. */
export async function start(t: ExecutionContext, options: WarrenOptions): Promise<NodeProcess> {
	const given = [...flags, fixture, JSON.stringify(options)];
	const child = spawn(process.execPath, given, {stdio: ['ignore', 'pipe', 'inherit']});
	const kill = () => killed(child);
	t.teardown(kill);
	const lines = createInterface({input: child.stdout});
	const early = once(child, 'exit').then(([code, signal]) => {
		throw new Error(`The node ended with ${code ?? signal} before it was up`);
	});
	const [line] = (await Promise.race([once(lines, 'line'), early])) as [string];
	early.catch(() => {});
	const {url = ''} = JSON.parse(line) as {url?: string};
	return {url, kill};
}

async function killed(child: ChildProcess): Promise<void> {
	if (child.exitCode !== null || child.signalCode !== null) return;
	const ended = once(child, 'exit');
	child.kill('SIGKILL');
	await ended;
}
