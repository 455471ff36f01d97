import type {Command} from 'commander';
import {command, type Shell} from './command.ts';
import {type Flags, flagsOf, type Starters, withNodeOptions} from './nodeOptions.ts';

type Options = Flags & {set?: string[]; json?: boolean};

export function configCommand(shell: Shell, start: Starters): Command {
	return withNodeOptions(
		command({
			name: 'config',
			says: 'Print the settings in force, and where each one comes from',
			examples: ['warren config', 'warren config --config /etc/warren.yaml --json'],
		}),
	)
		.option('--json', 'print JSON instead of text for people')
		.action(async (options: Options) => {
			shell.json = options.json ?? false;
			shell.exit(await start.config(flagsOf(options), shell.json));
		});
}
