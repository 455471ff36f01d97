import type {Command} from 'commander';
import {type Remote, remoteCommand, type Shell, sessionOf} from './command.ts';

export function functionsPauseCommand(shell: Shell): Command {
	return remoteCommand({
		name: 'pause',
		says: 'Take and start nothing more of a function; its tasks wait. Twice is harmless',
		examples: ['warren functions pause mail', "warren functions pause mail --why 'the mail server is down'"],
	})
		.argument('<name>', 'the function')
		.option('--why <text>', 'shown to whoever asks why it is paused')
		.action(async (name: string, options: Remote & {why?: string}) => {
			const {client, show} = sessionOf(shell, options);
			const view = await client.pause(name, options.why === undefined ? {} : {why: options.why});
			show(view, () => `${name} is paused\n  warren functions resume ${name}`);
		});
}
