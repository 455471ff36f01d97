import type {Command} from 'commander';
import type {Log} from '#contract/task.ts';
import {type Remote, remoteCommand, type Shell, sessionOf} from './command.ts';
import {moment} from './table.ts';

export function taskLogsCommand(shell: Shell): Command {
	return remoteCommand({
		name: 'logs',
		says: 'Print what the attempts of a task printed',
		examples: ['warren task logs 01JABCDEFGHJKMNPQRSTVWXYZ0'],
	})
		.argument('<task>', 'its id')
		.action(async (task: string, options: Remote) => {
			const {client, show} = sessionOf(shell, options);
			const logs = await client.logs(task);
			show(logs, () => told(logs));
		});
}

function told(logs: readonly Log[]): string {
	const lines = logs.flatMap(({attempt, lines: printed}) =>
		printed.map(({at, level, text}) => `${moment(at)} attempt ${attempt} ${level.padEnd(5)} ${text}`),
	);
	return lines.length === 0 ? 'It printed nothing.' : lines.join('\n');
}
