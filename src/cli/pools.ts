import type {Command} from 'commander';
import type {LaneView, PoolView} from '#contract/pool.ts';
import {type Remote, remoteCommand, type Shell, sessionOf} from './command.ts';
import {poolsPauseCommand} from './poolsPause.ts';
import {poolsResumeCommand} from './poolsResume.ts';
import {table} from './table.ts';

export function poolsCommand(shell: Shell): Command {
	return (
		remoteCommand({
			name: 'pools',
			says: 'List the pools: what waits, what is placed, who works; pause and resume them',
			examples: [
				'warren pools',
				"warren pools pause gpu --why 'the driver is replaced'",
				'warren pools resume gpu',
			],
		})
			// Or `--json` after a command of its own would be taken for its own.
			.enablePositionalOptions()
			.addCommand(poolsPauseCommand(shell))
			.addCommand(poolsResumeCommand(shell))
			.action(async (options: Remote) => {
				const {client, show, terminal} = sessionOf(shell, options);
				const pools = await client.pools();
				show(pools, () => told(pools, terminal.columns));
			})
	);
}

function told(pools: readonly PoolView[], columns: number | undefined): string {
	return table(
		['POOL', 'STATE', 'WAITING', 'PLACED', 'QUEUED', 'WORKERS', 'SLOTS', 'BUSY'],
		pools.map(({name, pause, lanes, workers, slots, busy}) => [
			name,
			pause ? `paused: ${pause.why}` : 'active',
			byClass(lanes, ({waiting}) => waiting),
			byClass(lanes, ({placed}) => placed),
			byClass(lanes, ({depth}) => depth ?? 0),
			workers,
			slots,
			busy,
		]),
		'There is no pool.',
		columns,
	);
}

/** `12`, or `2 high, 10 normal` where it is not all of the usual class. */
function byClass(lanes: readonly LaneView[], count: (lane: LaneView) => number): string {
	const some = lanes.filter(lane => count(lane) > 0);
	const [only] = some;
	if (!only) return '0';
	if (some.length === 1 && only.class === 'normal') return String(count(only));
	return some.map(lane => `${count(lane)} ${lane.class}`).join(', ');
}
