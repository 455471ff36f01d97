import type {Command} from 'commander';
import {type Remote, remoteCommand, type Shell, sessionOf} from './command.ts';
import {workersRestartCommand} from './workersRestart.ts';
import {workerTable} from './workerTable.ts';

export function workersCommand(shell: Shell): Command {
	return (
		remoteCommand({
			name: 'workers',
			says: 'List the workers that the node hears of; replace those of a pool',
			examples: ['warren workers', 'warren workers --json', 'warren workers restart --pool gpu'],
		})
			// Or `--json` after a command of its own would be taken for its own.
			.enablePositionalOptions()
			.addCommand(workersRestartCommand(shell))
			.action(async (options: Remote) => {
				const {client, show, terminal} = sessionOf(shell, options);
				const workers = await client.workers();
				const {clock, columns} = terminal;
				show(workers, () => workerTable(workers, none, {now: clock.now(), columns}));
			})
	);
}

const none = 'No worker is heard of; `warren worker --broker URL` starts one.';
