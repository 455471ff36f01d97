// A worker as a process of its own. It has a channel to its supervisor, over which it says what it is about and is
// asked whether it goes on (./keeper.ts). When the channel ends it drains: so it is told to, and so it knows that its
// supervisor is gone.
import {spawn} from 'node:child_process';
import {keeperVariable, type Word} from './keeper.ts';

export type Child = {
	readonly pid: number;
	/** Asks whether it goes on; one that was asked to drain hears nothing more. */
	ask(): void;
	/** Asks it to drain and to exit. */
	drain(): void;
	kill(): void;
};

export type ChildEvents = {
	/** It takes work under this id. */
	readonly ready: (worker: string) => void;
	/** It takes none any more. */
	readonly drains: () => void;
	/** Its answer to a question. */
	readonly answers: () => void;
	/** Called once. `clean`: it exited by itself with 0. */
	readonly ended: (clean: boolean, why: string) => void;
};

/** Starts a worker for a supervisor. */
export type Launch = (supervisor: string, events: ChildEvents) => Child;

/**
 * @param args which make it a worker
 * @param main the program; the one that runs now unless given
 */
export function launcher(args: readonly string[], main = process.argv[1] ?? ''): Launch {
	return (supervisor, {ready, drains, answers, ended}) => {
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
		child.on('message', (said: Word) => {
			if (said === 'drains') drains();
			else if (said === 'goes on') answers();
			else ready(said.worker);
		});
		child.on('error', error => end(false, error.message));
		child.on('exit', (code, signal) => end(code === 0, signal ? `ended by ${signal}` : `exit code ${code}`));
		return {
			pid: child.pid ?? 0,
			ask() {
				// One that ends just now hears nothing, which is no trouble of the process.
				if (child.connected) child.send('', () => {});
			},
			// No signal: it may have had one already, as under systemd, and a second would end it at once.
			drain() {
				if (child.connected) child.disconnect();
			},
			// A process that is stopped takes no other signal.
			kill: () => void child.kill('SIGKILL'),
		};
	};
}
