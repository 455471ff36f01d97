import type {Command} from 'commander';
import type {NodeView} from '#contract/status.ts';
import {type Remote, remoteCommand, type Shell, sessionOf} from './command.ts';
import {table} from './table.ts';
import type {Terminal} from './terminal.ts';

export function nodesCommand(shell: Shell): Command {
	return remoteCommand({
		name: 'nodes',
		says: 'List the servers that work on the same store',
		examples: ['warren nodes', 'warren nodes --json'],
	}).action(async (options: Remote) => {
		const {client, show, terminal} = sessionOf(shell, options);
		const nodes = await client.nodes();
		show(nodes, () => told(nodes, terminal));
	});
}

function told(nodes: readonly NodeView[], {columns}: Terminal): string {
	return table(
		['NODE', 'STATE', 'STARTS', 'COMMITS', 'OWING'],
		nodes.map(({id, asked, live, epoch, commits, owing}) => [
			asked ? `${id} (asked)` : id,
			live ? 'live' : 'gone',
			epoch,
			commits,
			owing,
		]),
		'No server has worked on this store.',
		columns,
	);
}
