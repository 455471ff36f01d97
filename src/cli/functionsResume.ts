import type {Command} from 'commander';
import {type Remote, remoteCommand, type Shell, sessionOf} from './command.ts';

export function functionsResumeCommand(shell: Shell): Command {
	return remoteCommand({
		name: 'resume',
		says: 'End the pause of a function, its breaker’s or an operator’s; what waits goes on at once',
		examples: ['warren functions resume mail'],
	})
		.argument('<name>', 'the function')
		.action(async (name: string, options: Remote) => {
			const {client, show} = sessionOf(shell, options);
			const view = await client.resume(name);
			show(view, () => `${name} is ${view.state}`);
		});
}
