import type {Command} from 'commander';
import type {Audit} from '#contract/audit.ts';
import {type Remote, remoteCommand, type Shell, sessionOf} from './command.ts';
import {exitCodes} from './exit.ts';
import {ago, facts, table} from './table.ts';

export function auditCommand(shell: Shell): Command {
	return remoteCommand({
		name: 'audit',
		says: 'Balance the ledger between store, broker and heartbeats, and name each task that does not fit',
		examples: ['warren audit', 'warren audit --rows', 'warren audit --json'],
	})
		.option(
			'--rows',
			'count the rows of all tasks first: about a second for a million (else once an hour, by one server)',
		)
		.action(async (options: Remote & {rows?: boolean}) => {
			const {client, show, terminal} = sessionOf(shell, options);
			const audit = await client.audit(options.rows ? {rows: true} : {});
			if (!audit.balanced) shell.exit(exitCodes.failed.code);
			show(audit, () => describe(audit, terminal.clock.now()));
		});
}

function describe(audit: Audit, now: number): string {
	const {balanced, ledger, difference, rows, placed, breaks, healed} = audit;
	const {accepted, succeeded, dead, cancelled, expired, waiting, running} = ledger;
	const ended = `succeeded ${succeeded} + dead ${dead} + cancelled ${cancelled} + expired ${expired}`;
	const about = facts([
		['ledger', `accepted ${accepted} = ${ended} + waiting ${waiting} + running ${running}`],
		['difference', `${difference}`],
		[
			'rows',
			rows
				? `${rows.count}, counted ${ago(rows.at, now)}`
				: 'not counted by this server (`--rows` counts them)',
		],
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
	const lines = breaks.map(({kind, task, why, since, healing}) => [
		kind,
		task ?? '',
		ago(since, now),
		healing ? 'yes' : 'not yet',
		why,
	]);
	return `${about}\n${table(['KIND', 'TASK', 'SINCE', 'HEALING', 'WHY'], lines, '')}`;
}
