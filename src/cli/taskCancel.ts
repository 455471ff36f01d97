import type {Command} from 'commander';
import type {Stop} from '#contract/task.ts';
import {type Remote, remoteCommand, type Shell, sessionOf} from './command.ts';

export function taskCancelCommand(shell: Shell): Command {
	return remoteCommand({
		name: 'cancel',
		says: 'Cancel a task, whether it waits or runs; twice is harmless',
		examples: ['warren task cancel 01JABCDEFGHJKMNPQRSTVWXYZ0'],
	})
		.argument('<task>', 'its id')
		.action(async (task: string, options: Remote) => {
			const {client, show} = sessionOf(shell, options);
			const receipt = await client.cancel(task);
			const {was, state, cancelled, stop} = receipt;
			show(receipt, () =>
				cancelled
					? `${task} is cancelled (it was ${was})${stop ? stopped(stop) : ''}`
					: `${task} had ended before: ${state}`,
			);
		});
}

function stopped({worker, confirmed, ms, runMs, hostCalls}: Stop): string {
	if (!confirmed) return `; ${worker} has not yet said that it stopped it`;
	const ran = runMs === null ? '' : `, it had run ${Math.round(runMs)} ms`;
	const called = hostCalls === null ? '' : `, with ${hostCalls} host call${hostCalls === 1 ? '' : 's'}`;
	return `; ${worker} stopped it after ${ms} ms${ran}${called}`;
}
