import type {Command} from 'commander';
import {type Remote, remoteCommand, type Shell, sessionOf} from './command.ts';

export function removeCommand(shell: Shell): Command {
	return remoteCommand({
		name: 'remove',
		says: 'Remove a function and its versions',
		examples: ['warren remove hello', 'warren remove hello --cancel'],
	})
		.argument('<name>', 'the function')
		.option('--cancel', 'cancel its open tasks first')
		.action(async (name: string, options: Remote & {cancel?: boolean}) => {
			const {client, show} = sessionOf(shell, options);
			const removed = await client.remove(name, options.cancel ? {cancel: true} : {});
			const cancelled = removed.cancelled > 0 ? `; ${removed.cancelled} open tasks were cancelled` : '';
			show(removed, () => `${removed.name} is removed${cancelled}`);
		});
}
