import {type ChildProcess, spawn} from 'node:child_process';
import {once} from 'node:events';
import {join} from 'node:path';

const root = join(import.meta.dirname, '..', '..');

export type Ran = {readonly code: number | null; readonly stdout: string; readonly stderr: string};

/** Runs a command in the repository to its end. */
export async function run(
	command: string,
	args: readonly string[],
	env: NodeJS.ProcessEnv = {},
): Promise<Ran> {
	const child = spawn(command, args, {
		cwd: root,
		env: {...process.env, ...env},
		stdio: ['ignore', 'pipe', 'pipe'],
	});
	const said = listen(child);
	const [code] = (await once(child, 'close')) as [number | null];
	return {code, ...said()};
}

/** Runs one of our own files on the Node of this process. */
export const runFile = (file: string, args: readonly string[] = [], env?: NodeJS.ProcessEnv): Promise<Ran> =>
	run(process.execPath, ['--conditions=source', '--no-node-snapshot', join(root, file), ...args], env);

function listen(child: ChildProcess): () => {stdout: string; stderr: string} {
	let stdout = '';
	let stderr = '';
	child.stdout?.setEncoding('utf8').on('data', chunk => {
		stdout += chunk;
	});
	child.stderr?.setEncoding('utf8').on('data', chunk => {
		stderr += chunk;
	});
	return () => ({stdout, stderr});
}
