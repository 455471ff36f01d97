import type {Command} from 'commander';
import {type Remote, remoteCommand, type Shell, sessionOf} from './command.ts';
import {whole} from './deploy.ts';
import {taskTable} from './tasks.ts';

type Options = Remote & {all?: boolean; function?: string; limit?: string; before?: string};

const usualLimit = 20;

export function deadListCommand(shell: Shell): Command {
	return remoteCommand({
		name: 'list',
		says: 'List dead tasks, newest first: those that nobody waited for, or --all',
		examples: ['warren dead list', 'warren dead list --all --function mail --json'],
	})
		.option('--all', 'those too that somebody waited for')
		.option('--function <name>', 'only those of this function')
		.option('--limit <n>', 'how many at most', String(usualLimit))
		.option('--before <task>', 'go on after this task')
		.action(async (options: Options) => {
			const {client, show, terminal} = sessionOf(shell, options);
			const limit = whole('--limit', options.limit ?? String(usualLimit));
			const views = await client.deadLetters({
				limit,
				...(options.all && {all: true}),
				...(options.function !== undefined && {function: options.function}),
				...(options.before !== undefined && {before: options.before}),
			});
			const none = options.all
				? 'There are no dead tasks.'
				: 'There are no dead tasks that nobody waited for; --all lists the others too.';
			show(views, () => taskTable(views, limit, terminal, none));
		});
}
