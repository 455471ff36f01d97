import type {Command} from 'commander';
import {command, type Shell} from './command.ts';
import {type Flags, flagsOf, type Starters, withServerNodeOptions} from './nodeOptions.ts';

export function serverCommand(shell: Shell, start: Starters): Command {
	return withServerNodeOptions(
		command({
			name: 'server',
			says: 'Start a server: REST, AMQP intake, tasks and timers. It runs no functions',
			examples: [
				'warren server --broker amqp://guest:guest@localhost:5672 --data /var/lib/warren',
				'warren server --config /etc/warren.yaml',
			],
		}),
	).action(async (options: Flags) => shell.exit(await start.server(flagsOf(options))));
}
