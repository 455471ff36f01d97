import type {Command} from 'commander';
import {type Remote, remoteCommand, type Shell, sessionOf} from './command.ts';

export function poolsResumeCommand(shell: Shell): Command {
	return remoteCommand({
		name: 'resume',
		says: 'End the pause of a pool; what waits goes on at once',
		examples: ['warren pools resume gpu'],
	})
		.argument('<pool>', 'the pool')
		.action(async (pool: string, options: Remote) => {
			const {client, show} = sessionOf(shell, options);
			const view = await client.resumePool(pool);
			show(view, () => `${pool} is active`);
		});
}
