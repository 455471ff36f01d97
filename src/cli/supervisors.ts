import type {Command} from 'commander';
import type {SupervisorView} from '#contract/supervisor.ts';
import {formatDuration} from '#lib/duration.ts';
import {type Remote, remoteCommand, type Shell, sessionOf} from './command.ts';
import {ago, table} from './table.ts';
import type {Terminal} from './terminal.ts';

export function supervisorsCommand(shell: Shell): Command {
	return remoteCommand({
		name: 'supervisors',
		says: 'List the pool supervisors that the node hears of',
		examples: ['warren supervisors', 'warren supervisors --json'],
	}).action(async (options: Remote) => {
		const {client, show, terminal} = sessionOf(shell, options);
		const supervisors = await client.supervisors();
		show({supervisors}, () => told(supervisors, terminal));
	});
}

/** A line each, and what keeps them from having what they want. */
export function told(supervisors: readonly SupervisorView[], {clock, columns}: Terminal): string {
	const now = clock.now();
	const lines = table(
		['SUPERVISOR', 'STATE', 'POOL', 'WORKERS', 'RESTARTS', 'VERSION', 'STARTED', 'LAST HEARD'],
		supervisors.map(one => [
			one.id,
			one.state,
			one.pool,
			`${one.running} of ${one.wanted ?? '?'}`,
			one.restarts,
			one.version,
			ago(one.startedAt, now),
			ago(one.lastBeat, now),
		]),
		'No supervisor is heard of; `warren supervise --broker URL` starts one.',
		columns,
	);
	return [lines, ...supervisors.flatMap(one => trouble(one, now))].join('\n');
}

function trouble({id, trouble: what}: SupervisorView, now: number): string[] {
	if (!what) return [];
	const next = formatDuration(Math.max(0, what.retryAt - now));
	return [
		`${id}: ${what.failures} workers in a row ended soon after their start (${what.why}); the next one in ${next}`,
	];
}
