// `warren` as a process of its own, without a terminal: its log is JSON lines on standard error.
import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {resolve} from 'node:path';
import {createInterface} from 'node:readline';
import type {ExecutionContext} from 'ava';
import {arrivals} from '../harness/arrivals.ts';

export type Spawned = {
	/** The first line of its log with this message, as an object. */
	logs(message: string): Promise<Record<string, unknown>>;
	/** What the pattern takes out of the first line on standard output that fits. */
	prints(pattern: RegExp): Promise<string>;
	kill(signal: NodeJS.Signals): void;
	readonly ended: Promise<{code: number; out: string; err: string}>;
};

/** @param through a command that runs it, where it does not run on this host */
export function spawned(
	t: ExecutionContext,
	cwd: string,
	args: readonly string[],
	env: Readonly<Record<string, string>> = {},
	through: readonly string[] = [],
): Spawned {
	const [command = 'node', ...more] = [...through, 'node', resolve('bin/warren.cjs'), ...args];
	const child = spawn(command, more, {
		cwd,
		env: {...process.env, ...env},
		stdio: ['ignore', 'pipe', 'pipe'],
	});
	const lines = arrivals<string>(`log lines of warren ${args[0]}`);
	const out = arrivals<string>(`lines printed by warren ${args[0]}`);
	createInterface(child.stderr).on('line', line => lines.push(line));
	createInterface(child.stdout).on('line', line => out.push(line));
	const ended = once(child, 'close').then(([code]) => ({
		code: Number(code),
		out: out.all.join('\n'),
		err: lines.all.join('\n'),
	}));
	t.teardown(async () => {
		// Two signals end it at once; the launcher hands them on, which it could not do with SIGKILL.
		child.kill('SIGTERM');
		child.kill('SIGINT');
		await ended;
	});
	return {
		logs: async message =>
			JSON.parse(await lines.find(line => line.includes(`"msg":"${message}"`))) as Record<string, unknown>,
		prints: async pattern => pattern.exec(await out.find(line => pattern.test(line)))?.[1] ?? '',
		kill: signal => void child.kill(signal),
		ended,
	};
}
