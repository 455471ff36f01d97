import type {Command} from 'commander';
import {type Remote, remoteCommand, type Shell, sessionOf} from './command.ts';

export function poolsPauseCommand(shell: Shell): Command {
	return remoteCommand({
		name: 'pause',
		says: 'Start nothing more in a pool; its tasks, new ones too, wait. Twice is harmless',
		examples: ['warren pools pause gpu', "warren pools pause gpu --why 'the driver is replaced'"],
	})
		.argument('<pool>', 'the pool')
		.option('--why <text>', 'shown to whoever asks why it is paused')
		.action(async (pool: string, options: Remote & {why?: string}) => {
			const {client, show} = sessionOf(shell, options);
			const view = await client.pausePool(pool, options.why === undefined ? {} : {why: options.why});
			show(view, () => {
				const left = view.lanes.reduce((sum, {placed}) => sum + placed, 0);
				const goesOn = left > 0 ? `; what is placed goes on: ${left}` : '';
				// A server of an earlier version does not say.
				const nothing = view.named === false ? `; no function, worker or task names the pool ${pool}` : '';
				return `${pool} is paused${goesOn}${nothing}\n  warren pools resume ${pool}`;
			});
		});
}
