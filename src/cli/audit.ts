import type {Command} from 'commander';
import type {Audit} from '#contract/audit.ts';
import {type Remote, remoteCommand, type Shell, sessionOf} from './command.ts';
import {exitCodes} from './exit.ts';
import {ago, facts, table} from './table.ts';

export function auditCommand(shell: Shell): Command {
	return remoteCommand({
		name: 'audit',
		says: 'Balance the ledger between store, broker and heartbeats, and name each task that does not fit',
		examples: ['warren audit', 'warren audit --json'],
	}).action(async (options: Remote) => {
		const {client, show, terminal} = sessionOf(shell, options);
		const audit = await client.audit();
		if (!audit.balanced) shell.exit(exitCodes.failed.code);
		show(audit, () => describe(audit, terminal.clock.now()));
	});
}

function describe({balanced, ledger, difference, placed, breaks, healed}: Audit, now: number): string {
	const {accepted, succeeded, dead, cancelled, expired, waiting, running} = ledger;
	const ended = `succeeded ${succeeded} + dead ${dead} + cancelled ${cancelled} + expired ${expired}`;
	const about = facts([
		['ledger', `accepted ${accepted} = ${ended} + waiting ${waiting} + running ${running}`],
		['difference', `${difference}`],
		['in the broker', `${placed.store} by the store, ${placed.node} by the node, ${placed.heard} heard of`],
		['in its queue', `${placed.broker ?? 'not known: it is gone, or the broker is'}`],
		[
			'healed',
			Object.entries(healed)
				.map(([kind, count]) => `${count} ${kind}`)
				.join(', ') || 'nothing so far',
		],
		['verdict', balanced ? 'balanced' : 'does not balance'],
	]);
	if (breaks.length === 0) return about;
	const rows = breaks.map(({kind, task, why, since, healing}) => [
		kind,
		task ?? '',
		ago(since, now),
		healing ? 'yes' : 'not yet',
		why,
	]);
	return `${about}\n${table(['KIND', 'TASK', 'SINCE', 'HEALING', 'WHY'], rows, '')}`;
}
