import type {Command} from 'commander';
import type {NodeView} from '#contract/status.ts';
import {type Remote, remoteCommand, type Shell, sessionOf} from './command.ts';
import {nodesForgetCommand} from './nodesForget.ts';
import {ago, table} from './table.ts';
import type {Terminal} from './terminal.ts';

export function nodesCommand(shell: Shell): Command {
	return (
		remoteCommand({
			name: 'nodes',
			says: 'List the servers that work on the same store; forget one that comes no more',
			examples: ['warren nodes', 'warren nodes --json', 'warren nodes forget n2'],
		})
			// Or `--json` after a command of its own would be taken for its own.
			.enablePositionalOptions()
			.addCommand(nodesForgetCommand(shell))
			.action(async (options: Remote) => {
				const {client, show, terminal} = sessionOf(shell, options);
				const nodes = await client.nodes();
				show(nodes, () => told(nodes, terminal));
			})
	);
}

function told(nodes: readonly NodeView[], {clock, columns}: Terminal): string {
	const now = clock.now();
	return table(
		['NODE', 'STATE', 'HOST', 'VERSION', 'STARTED', 'LAST HEARD', 'STARTS', 'COMMITS', 'OWING'],
		nodes.map(({id, asked, state, host, version, startedAt, heardAt, epoch, commits, owing}) => [
			...[asked ? `${id} (asked)` : id, state, host, version],
			...[ago(startedAt, now), ago(heardAt, now), epoch, commits, owing],
		]),
		'No server has worked on this store.',
		columns,
	);
}
