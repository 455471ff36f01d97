import {type ChildProcess, spawn} from 'node:child_process';
import {closeSync, openSync, writeFileSync} from 'node:fs';
import {flagsOf} from './executorProgram.ts';
import type {Walls} from './executorWalls.ts';

/** The channel's descriptor in an executor. */
const channelFd = 3;

/**
 * Starts an executor behind its walls: no environment, no standard input or output, no descriptor but
 * its complaints (2) and the channel (3), a session of its own (a Ctrl-C in the terminal, or a signal to
 * the worker's group, is not for it). Its name is for who reads `ps`. Its pid is the one that is
 * returned: what raises the walls becomes the executor.
 */
export function launch(name: string, walls: Walls, nodeFlags: readonly string[] = []): ChildProcess {
	const [command = '', ...args] = walls.command([
		process.execPath,
		...flagsOf(walls.program),
		...nodeFlags,
		walls.program.main,
		name,
	]);
	const nothing = openSync('/dev/null', 'r+');
	try {
		const child = spawn(command, args, {
			env: {},
			cwd: '/',
			detached: true,
			stdio: stdioOf(walls.strays, nothing),
		});
		preferAsVictim(child.pid);
		return child;
	} finally {
		closeSync(nothing);
	}
}

/** What the worker was left by its own parent leads nowhere in an executor. */
function stdioOf(strays: readonly number[], nothing: number): ('ignore' | 'pipe' | number)[] {
	const stdio: ('ignore' | 'pipe' | number)[] = ['ignore', 'ignore', 'pipe', 'pipe'];
	for (const fd of strays.filter(one => one !== channelFd)) {
		while (stdio.length < fd) stdio.push('ignore');
		stdio[fd] = nothing;
	}
	return stdio;
}

/** Where the system runs out of memory, it shall take an executor and neither a node nor its broker. */
function preferAsVictim(pid: number | undefined): void {
	try {
		writeFileSync(`/proc/${pid}/oom_score_adj`, '800');
	} catch {
		// Not Linux, or already gone.
	}
}
