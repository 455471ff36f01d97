import type {Command} from 'commander';
import type {HistoryEntry} from '#contract/audit.ts';
import {type Remote, remoteCommand, type Shell, sessionOf} from './command.ts';
import {moment, table} from './table.ts';

export function taskHistoryCommand(shell: Shell): Command {
	return remoteCommand({
		name: 'history',
		says: 'Print every step of a task: which attempt, where, from which state to which, and why',
		examples: ['warren task history 01JABCDEFGHJKMNPQRSTVWXYZ0'],
	})
		.argument('<task>', 'its id')
		.action(async (task: string, options: Remote) => {
			const {client, show} = sessionOf(shell, options);
			const entries = await client.history(task);
			show(entries, () => told(entries));
		});
}

function told(entries: readonly HistoryEntry[]): string {
	return table(
		['WHEN', 'ATTEMPT', 'EVENT', 'STATE', 'WHERE', 'WHY'],
		entries.map(({at, attempt, event, from, to, why, worker, executor}) => [
			moment(at),
			`${attempt}`,
			event,
			from === to ? to : `${from} → ${to}`,
			[worker, executor].filter(Boolean).join('/'),
			why ?? '',
		]),
		'Nothing is known of it.',
	);
}
