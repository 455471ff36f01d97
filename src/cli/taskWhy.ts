import type {Command} from 'commander';
import type {Why} from '#contract/audit.ts';
import {type Remote, remoteCommand, type Shell, sessionOf} from './command.ts';
import {facts, moment} from './table.ts';

export function taskWhyCommand(shell: Shell): Command {
	return remoteCommand({
		name: 'why',
		says: 'Say what a task waits for, behind what, and until when',
		examples: ['warren task why 01JABCDEFGHJKMNPQRSTVWXYZ0'],
	})
		.argument('<task>', 'its id')
		.action(async (task: string, options: Remote) => {
			const {client, show} = sessionOf(shell, options);
			const why = await client.why(task);
			show(why, () => describe(why));
		});
}

function describe({task, state, text, behind, orMore, until, worker, since}: Why): string {
	return facts([
		['task', task],
		['state', state],
		['waits for', text],
		['behind', behind === null ? null : `${behind}${orMore ? ' or more' : ''} of its pool and class`],
		['until', moment(until)],
		['worker', worker],
		['since', moment(since)],
	]);
}
