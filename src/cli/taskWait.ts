import type {Command} from 'commander';
import {WarrenError} from '#client/error.ts';
import {type Remote, remoteCommand, type Shell, sessionOf} from './command.ts';
import {span} from './deploy.ts';
import {exitCodes} from './exit.ts';
import {describeTask} from './taskGet.ts';

export function taskWaitCommand(shell: Shell): Command {
	return remoteCommand({
		name: 'wait',
		says: 'Wait until a task has ended; the exit code is 0 only if it succeeded',
		examples: ['warren task wait 01JABCDEFGHJKMNPQRSTVWXYZ0 --timeout 5m'],
	})
		.argument('<task>', 'its id')
		.option('--timeout <span>', 'how long to wait (default: until it has ended)')
		.action(async (task: string, options: Remote & {timeout?: string}) => {
			const {client, show} = sessionOf(shell, options);
			const {timeout} = options;
			const view = await client.wait(task, timeout === undefined ? {} : {waitMs: span('--timeout', timeout)});
			if (view.endedAt === null) {
				const message = `Task ${task} has not ended within ${timeout}: it is ${view.state}`;
				throw new WarrenError({code: 'WAIT_OVER', message, retryable: true}, {status: 504, task});
			}
			if (view.state !== 'succeeded') shell.exit(exitCodes.failed.code);
			show(view, () => describeTask(view));
		});
}
