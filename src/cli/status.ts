import type {Command} from 'commander';
import type {Ledger, Status} from '#contract/status.ts';
import {formatDuration} from '#lib/duration.ts';
import {type Remote, remoteCommand, type Shell, sessionOf} from './command.ts';
import {facts} from './table.ts';

export function statusCommand(shell: Shell): Command {
	return remoteCommand({
		name: 'status',
		says: 'Show the node and the ledger of all tasks',
		examples: ['warren status', 'warren status --json'],
	}).action(async (options: Remote) => {
		const {client, show, terminal} = sessionOf(shell, options);
		const status = await client.status();
		show(status, () => told(status, terminal.clock.now()));
	});
}

function told({node, version, startedAt, broker, store, ledger, ...counts}: Status, now: number): string {
	return facts([
		['node', `${node}, Warren ${version}, up for ${formatDuration(now - startedAt)}`],
		['broker', broker.blocked === null ? broker.url : `${broker.url} (${broker.blocked})`],
		['store', store.url],
		['workers', counts.workers],
		['functions', counts.functions],
		['backlog', counts.backlog],
		['in flight', counts.inFlight],
		['tasks', balance(ledger)],
	]);
}

function balance({accepted, succeeded, dead, cancelled, expired, waiting, running}: Ledger): string {
	return (
		`accepted ${accepted} = succeeded ${succeeded} + dead ${dead} + cancelled ${cancelled} + ` +
		`expired ${expired} + waiting ${waiting} + running ${running}`
	);
}
