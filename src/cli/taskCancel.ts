import type {Command} from 'commander';
import {type Remote, remoteCommand, type Shell, sessionOf} from './command.ts';

export function taskCancelCommand(shell: Shell): Command {
	return remoteCommand({
		name: 'cancel',
		says: 'Cancel a task, whether it waits or runs; twice is harmless',
		examples: ['warren task cancel 01JABCDEFGHJKMNPQRSTVWXYZ0'],
	})
		.argument('<task>', 'its id')
		.action(async (task: string, options: Remote) => {
			const {client, show} = sessionOf(shell, options);
			const receipt = await client.cancel(task);
			const {was, state, cancelled} = receipt;
			show(receipt, () =>
				cancelled ? `${task} is cancelled (it was ${was})` : `${task} had ended before: ${state}`,
			);
		});
}
