import type {Command} from 'commander';
import type {AutoscaleView} from '#contract/autoscale.ts';
import {formatDuration} from '#lib/duration.ts';
import {type Remote, remoteCommand, type Shell, sessionOf} from './command.ts';
import {ago, facts} from './table.ts';

export function scaleExplainCommand(shell: Shell): Command {
	return remoteCommand({
		name: 'explain',
		says: 'Say what the rule of a pool saw, how many workers it wants and why',
		examples: ['warren scale explain', 'warren scale explain --pool gpu --json'],
	})
		.option('--pool <pool>', 'only this one')
		.action(async (options: Remote & {pool?: string}) => {
			const {client, show, terminal} = sessionOf(shell, options);
			const pools = await client.explainScale(options.pool === undefined ? {} : {pool: options.pool});
			show({pools}, () => told(pools, terminal.clock.now(), options.pool));
		});
}

function told(pools: readonly AutoscaleView[], now: number, pool: string | undefined): string {
	if (pools.length > 0) return pools.map(one => describe(one, now)).join('\n\n');
	const whose = pool === undefined ? 'No pool has a' : `Pool ${pool} has no`;
	return `${whose} rule: the setting \`autoscale\` of the servers gives one.`;
}

function describe(
	{pool, rule, node, leads, leader, at, workers, why, decisions}: AutoscaleView,
	now: number,
): string {
	const {min, max, targetWaitMs, cooldown} = rule;
	const times = `${formatDuration(cooldown.upMs)} up, ${formatDuration(cooldown.downMs)} down`;
	const head = facts([
		['pool', pool],
		['rule', `${min} to ${max} workers, ${formatDuration(targetWaitMs)} of wait, cooldown ${times}`],
		['decided by', leads ? node : `${leader ?? 'another server'}; ${node}, which was asked, only looks`],
		['looked', ago(at, now)],
		['workers', workers],
		['why', why],
	]);
	const list = decisions.map(one => {
		const by = one.node === node ? '' : ` by ${one.node}`;
		return `  ${ago(one.at, now)}${by}: ${one.from} to ${one.to}. ${one.why}`;
	});
	return list.length === 0 ? head : `${head}\n\n${list.join('\n')}`;
}
