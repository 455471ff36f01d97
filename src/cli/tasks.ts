import {type Command, Option} from 'commander';
import {type State, StateSchema, type TaskView} from '#contract/task.ts';
import {type Remote, remoteCommand, type Shell, sessionOf} from './command.ts';
import {whole} from './deploy.ts';
import {ago, table} from './table.ts';
import type {Terminal} from './terminal.ts';

type Options = Remote & {function?: string; state?: State; limit?: string; before?: string};

const usualLimit = 20;

export function tasksCommand(shell: Shell): Command {
	return remoteCommand({
		name: 'tasks',
		says: 'List tasks, newest first',
		examples: [
			'warren tasks',
			'warren tasks --function hello --state retrying',
			'warren tasks --limit 500 --json',
		],
	})
		.option('--function <name>', 'only those of this function')
		.addOption(new Option('--state <state>', 'only those in this state').choices([...StateSchema.enum]))
		.option('--limit <n>', 'how many at most', String(usualLimit))
		.option('--before <task>', 'go on after this task')
		.action(async (options: Options) => {
			const {client, show, terminal} = sessionOf(shell, options);
			const limit = whole('--limit', options.limit ?? String(usualLimit));
			const views = await client.list({
				limit,
				...(options.function !== undefined && {function: options.function}),
				...(options.state !== undefined && {state: options.state}),
				...(options.before !== undefined && {before: options.before}),
			});
			show(views, () => taskTable(views, limit, terminal, 'There are no such tasks.'));
		});
}

/** A page of tasks, and how to get the next one. */
export function taskTable(
	views: readonly TaskView[],
	limit: number,
	{clock, columns}: Terminal,
	none: string,
): string {
	const now = clock.now();
	const drawn = table(
		['TASK', 'FUNCTION', 'STATE', 'ATTEMPT', 'CREATED', ''],
		views.map(view => [
			view.id,
			view.function,
			view.state,
			`${view.attempt}`,
			ago(view.createdAt, now),
			aboutOf(view),
		]),
		none,
		columns,
	);
	const last = views.at(-1);
	return last && views.length >= limit ? `${drawn}\nThere may be more: --before ${last.id}` : drawn;
}

const longest = 60;

/** What it waits for, or why it failed, in short. */
function aboutOf({waitingFor, failure}: TaskView): string {
	const text =
		waitingFor === null ? failure && `${failure.code}: ${failure.message}` : `waits for ${waitingFor}`;
	const line = (text ?? '').split('\n', 1)[0] ?? '';
	return line.length > longest ? `${line.slice(0, longest - 1)}…` : line;
}
