// A node as the real process that `warren server` or `warren worker` is, to be killed, stopped and drained.
import {type ChildProcess, spawn} from 'node:child_process';
import {once} from 'node:events';
import process from 'node:process';
import {createInterface} from 'node:readline';
import {fileURLToPath} from 'node:url';

const main = fileURLToPath(new URL('../../src/main.ts', import.meta.url));
const flags = ['--conditions=source', '--no-node-snapshot', '--disable-warning=ExperimentalWarning'];

/** How many of its last log lines are kept, for the report of a failure. */
const kept = 200;
const patienceMs = 60_000;

// Nobody is left behind when a run ends early.
const living = new Set<ChildProcess>();
process.once('exit', () => {
	for (const child of living) child.kill('SIGKILL');
});

export type NodeProcess = {
	readonly pid: number;
	readonly alive: boolean;
	/** The last lines of its log, oldest first. */
	readonly log: readonly string[];
	/** SIGKILL: resolves when it is gone. */
	kill(): Promise<void>;
	/** SIGSTOP and SIGCONT. */
	freeze(): void;
	thaw(): void;
	/**
	 * SIGTERM: resolves to its exit code once it has drained, or to the signal that ended it.
	 * @throws Error with the end of its log when it does not end in a minute
	 */
	drain(): Promise<number | string>;
};

/**
 * Starts `warren <role>`, with `more` flags of Node's own, and resolves when it says that it is up.
 * @throws Error with the end of its log when it ends before that
 */
export async function startNode(
	role: 'server' | 'worker',
	args: readonly string[],
	more: readonly string[] = [],
): Promise<NodeProcess> {
	const child = spawn(process.execPath, [...flags, ...more, main, role, ...args], {
		stdio: ['ignore', 'ignore', 'pipe'],
	});
	living.add(child);
	child.once('exit', () => living.delete(child));
	const log: string[] = [];
	const up = Promise.withResolvers<void>();
	createInterface({input: child.stderr}).on('line', line => {
		log.push(line);
		if (log.length > kept) log.shift();
		if (line.includes('"msg":"this node is up"')) up.resolve();
	});
	const ended = once(child, 'exit').then(([code, signal]) => (code ?? signal) as number | string);
	const refuse = (why: string) => up.reject(new Error(`${role}: ${why}: ${log.slice(-5).join('\n')}`));
	const late = setTimeout(() => refuse(`not up in ${patienceMs} ms`), patienceMs);
	void ended.then(how => refuse(`ended with ${how} before it was up`));
	await up.promise.finally(() => clearTimeout(late));
	return nodeOf(child, log, ended);
}

function nodeOf(child: ChildProcess, log: string[], ended: Promise<number | string>): NodeProcess {
	const isAlive = () => child.exitCode === null && child.signalCode === null;
	return {
		pid: child.pid ?? 0,
		get alive() {
			return isAlive();
		},
		log,
		async kill() {
			child.kill('SIGKILL');
			await ended;
		},
		freeze: () => void child.kill('SIGSTOP'),
		thaw: () => void child.kill('SIGCONT'),
		async drain() {
			child.kill('SIGTERM');
			const late = Promise.withResolvers<never>();
			const why = () => `told to drain, it did not end in ${patienceMs} ms: ${log.slice(-5).join('\n')}`;
			const timer = setTimeout(() => late.reject(new Error(why())), patienceMs);
			return Promise.race([ended, late.promise]).finally(() => clearTimeout(timer));
		},
	};
}
