import type {Command} from 'commander';
import type {WorkerView} from '#contract/status.ts';
import {type Remote, remoteCommand, type Shell, sessionOf} from './command.ts';
import {ago, bytes, table} from './table.ts';
import type {Terminal} from './terminal.ts';
import {workersRestartCommand} from './workersRestart.ts';

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
				show(workers, () => told(workers, terminal));
			})
	);
}

function told(workers: readonly WorkerView[], {clock, columns}: Terminal): string {
	const now = clock.now();
	return table(
		[
			'WORKER',
			'STATE',
			'POOL',
			'TAGS',
			'BUSY',
			'EXECUTORS',
			'WARM',
			'MEMORY',
			'STARTED',
			'LAST HEARD',
			'VERSION',
			'HOST',
			'KEPT BY',
		],
		workers.map(one => [
			one.id,
			one.state,
			one.pool,
			one.tags.join(','),
			`${one.busy} of ${one.slots}`,
			one.restarts > 0 ? `${one.executors} (${one.restarts} restarts)` : one.executors,
			Object.values(one.warm).reduce((sum, count) => sum + count, 0),
			bytes(one.rssBytes),
			ago(one.startedAt, now),
			ago(one.lastBeat, now),
			one.version,
			`${one.host} (${one.pid})`,
			one.supervisor,
		]),
		'No worker is heard of; `warren worker --broker URL` starts one.',
		columns,
	);
}
