// A worker as a process of its own. It has a channel to its supervisor, over which it says its id once it takes
// work, and that it drains, whoever told it. When the channel ends it drains: so it is told to, and so it knows
// that its supervisor is gone.
import {spawn} from 'node:child_process';

export type Child = {
	readonly pid: number;
	/** Asks it to drain and to exit. */
	drain(): void;
	kill(): void;
};

export type ChildEvents = {
	/** It takes work under this id. */
	readonly ready: (worker: string) => void;
	/** It takes none any more. */
	readonly drains: () => void;
	/** Called once. `clean`: it exited by itself with 0. */
	readonly ended: (clean: boolean, why: string) => void;
};

/** Starts a worker for a supervisor. */
export type Launch = (supervisor: string, events: ChildEvents) => Child;

/** The variable in which a worker finds who keeps it. */
export const keeperVariable = 'WARREN_SUPERVISOR';

/** What a worker says over its channel: who it is, or that it drains. */
export type Word = {readonly worker: string} | 'drains';

/** @param args of the program that runs now, which make it a worker */
export function launcher(args: readonly string[]): Launch {
	return (supervisor, {ready, drains, ended}) => {
		const [, main = ''] = process.argv;
		const child = spawn(process.execPath, [...process.execArgv, main, ...args], {
			env: {...process.env, [keeperVariable]: supervisor},
			// A group of its own: Ctrl-C reaches the supervisor, and nobody else decides when a worker drains.
			detached: true,
			stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
		});
		let isOver = false;
		const end = (clean: boolean, why: string) => {
			if (isOver) return;
			isOver = true;
			ended(clean, why);
		};
		child.on('message', (said: Word) => (said === 'drains' ? drains() : ready(said.worker)));
		child.on('error', error => end(false, error.message));
		child.on('exit', (code, signal) => end(code === 0, signal ? `ended by ${signal}` : `exit code ${code}`));
		return {
			pid: child.pid ?? 0,
			// No signal: it may have had one already, as under systemd, and a second would end it at once.
			drain() {
				if (child.connected) child.disconnect();
			},
			kill: () => void child.kill('SIGKILL'),
		};
	};
}
