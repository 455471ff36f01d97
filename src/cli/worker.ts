import type {Command} from 'commander';
import {command, type Shell} from './command.ts';
import {type Flags, flagsOf, type Starters, withWorkerNodeOptions} from './nodeOptions.ts';

export function workerCommand(shell: Shell, start: Starters): Command {
	return withWorkerNodeOptions(
		command({
			name: 'worker',
			says: 'Start a worker: it runs functions, and needs nothing but the broker’s address',
			examples: [
				'warren worker --broker amqp://guest:guest@localhost:5672',
				'warren worker --broker amqps://broker --set worker.slots=8 --set worker.executors=16',
			],
		}),
	).action(async (options: Flags) => shell.exit(await start.worker(flagsOf(options))));
}
