import type {Command} from 'commander';
import {type Remote, remoteCommand, type Shell, sessionOf} from './command.ts';
import {UsageError} from './exit.ts';
import {describeTask} from './taskGet.ts';

export function deadShowCommand(shell: Shell): Command {
	return remoteCommand({
		name: 'show',
		says: 'Look at a dead task: why it died, and where in the code',
		examples: ['warren dead show 01JABCDEFGHJKMNPQRSTVWXYZ0'],
	})
		.argument('<task>', 'its id')
		.action(async (task: string, options: Remote) => {
			const {client, show} = sessionOf(shell, options);
			const view = await client.get(task);
			if (view.state !== 'dead') {
				throw new UsageError(
					`Expected a dead task, ${task} is ${view.state}; see \`warren task get ${task}\``,
				);
			}
			show(view, () => `${describeTask(view)}\n\n  Its next life: warren dead redrive ${task}`);
		});
}
