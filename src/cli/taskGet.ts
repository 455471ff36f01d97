import type {Command} from 'commander';
import type {TaskView} from '#contract/task.ts';
import {formatDuration} from '#lib/duration.ts';
import {type Remote, remoteCommand, type Shell, sessionOf} from './command.ts';
import {facts, moment, short} from './table.ts';

export function taskGetCommand(shell: Shell): Command {
	return remoteCommand({
		name: 'get',
		says: 'Look at a task: its state, what it waits for, why it failed',
		examples: ['warren task get 01JABCDEFGHJKMNPQRSTVWXYZ0'],
	})
		.argument('<task>', 'its id')
		.action(async (task: string, options: Remote) => {
			const {client, show} = sessionOf(shell, options);
			const view = await client.get(task);
			show(view, () => describeTask(view));
		});
}

export function describeTask(view: TaskView): string {
	const {failure, usage} = view;
	return facts([
		['task', view.id],
		['function', `${view.function} (${short(view.version)})`],
		['state', view.state],
		['waits for', view.waitingFor],
		['attempt', `${view.attempt} (${view.charged} of ${view.maxAttempts} charged)`],
		['failure', failure && `${failure.code}: ${failure.message}`],
		['', failure?.stack],
		['key', view.key],
		['came by', view.door],
		['created', moment(view.createdAt)],
		['started', moment(view.startedAt)],
		['ended', moment(view.endedAt)],
		['next attempt', moment(view.dueAt)],
		['expires', moment(view.expiresAt)],
		['deadline', moment(view.deadline)],
		['took', view.endedAt === null ? null : formatDuration(view.endedAt - view.createdAt)],
		['ran', usage && `${formatDuration(usage.runMs)} on ${usage.worker}${usage.cold ? ', cold' : ''}`],
	]);
}
