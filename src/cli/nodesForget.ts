import type {Command} from 'commander';
import {type Remote, remoteCommand, type Shell, sessionOf} from './command.ts';

export function nodesForgetCommand(shell: Shell): Command {
	return remoteCommand({
		name: 'forget',
		says: 'Forget a server that comes no more: its line here, and its inbox at the broker',
		examples: ['warren nodes forget n2'],
	})
		.argument('<node>', 'the server; it may not live, nor owe anything')
		.action(async (node: string, options: Remote) => {
			const {client, show} = sessionOf(shell, options);
			const view = await client.forgetNode(node);
			show(view, () => `${node} is forgotten; if it starts again, it is as before`);
		});
}
