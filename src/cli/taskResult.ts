import type {Command} from 'commander';
import {type Remote, remoteCommand, type Shell, sessionOf} from './command.ts';

export function taskResultCommand(shell: Shell): Command {
	return remoteCommand({
		name: 'result',
		says: 'Print what a task returned, as the JSON it is',
		examples: ['warren task result 01JABCDEFGHJKMNPQRSTVWXYZ0 > result.json'],
	})
		.argument('<task>', 'its id')
		.action(async (task: string, options: Remote) => {
			const {client, terminal} = sessionOf(shell, options);
			terminal.print(await client.resultText(task));
		});
}
