import type {Command} from 'commander';
import {command, type Shell} from './command.ts';
import {type Flags, flagsOf, type Starters, withNodeOptions} from './nodeOptions.ts';

export function upCommand(shell: Shell, start: Starters): Command {
	return withNodeOptions(
		command({
			name: 'up',
			says: 'Start everything in this process: REST, tasks, workers; no broker and no database needed',
			examples: [
				'warren up',
				'warren up --port 8080 --data ./data',
				'warren up --broker amqp://guest:guest@localhost:5672',
			],
		}),
	)
		.option('--json', 'print where it is reached as JSON')
		.action(async (options: Flags & {json?: boolean}) => {
			shell.json = options.json ?? false;
			shell.exit(await start.up(flagsOf(options), shell.json));
		});
}
