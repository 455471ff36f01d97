// `warren` in a pseudo-terminal, made by `script` (bsdutils; part of every Debian and of macOS).
import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join, resolve} from 'node:path';
import type {ExecutionContext} from 'ava';
import {type Arrivals, arrivals} from '../harness/arrivals.ts';

export type Typed = {
	/** All that was printed so far, once it fits. */
	shows(pattern: RegExp): Promise<string>;
	type(text: string): void;
	/** The exit code. */
	readonly ended: Promise<number>;
	readonly text: () => string;
};

export const interrupt = '\u0003';

export function tempFolder(t: ExecutionContext): string {
	const folder = mkdtempSync(join(tmpdir(), 'warren-up-'));
	t.teardown(() => rmSync(folder, {recursive: true, force: true}));
	return folder;
}

/** Starts `warren ARGS` in a folder, as if typed at a terminal. */
export function typed(t: ExecutionContext, cwd: string, args: readonly string[]): Typed {
	const command = `exec node ${resolve('bin/warren.cjs')} ${args.join(' ')}`;
	const options =
		process.platform === 'darwin'
			? ['-q', '/dev/null', 'sh', '-c', command]
			: ['-qfec', command, '/dev/null'];
	const child = spawn('script', options, {cwd, env: {...process.env, TERM: 'xterm'}});
	const output: Arrivals<string> = arrivals('what the terminal shows');
	let text = '';
	child.stdout.setEncoding('utf8');
	child.stdout.on('data', (chunk: string) => {
		text += chunk.replaceAll('\r', '');
		output.push(text);
	});
	const ended = once(child, 'close').then(([code]) => Number(code));
	t.teardown(async () => {
		// `script` ends what runs in it and then itself; a hang-up it would ignore.
		child.kill('SIGTERM');
		await ended;
	});
	return {
		shows: pattern => output.find(shown => pattern.test(shown)),
		type: typedText => void child.stdin.write(typedText),
		ended,
		text: () => text,
	};
}
