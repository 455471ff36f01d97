import type {Command} from 'commander';
import {defaultPool} from '#actors/lane.ts';
import type {Rolling, ScaleView, SupervisorView} from '#contract/supervisor.ts';
import {type Remote, remoteCommand, type Shell, sessionOf} from './command.ts';
import {span, whole} from './deploy.ts';
import {exitCodes} from './exit.ts';
import {told} from './supervisors.ts';
import {untilSo} from './untilSo.ts';

type Options = Remote & {pool: string; mostAtOnce: string; wait: boolean; timeout?: string};

/** Each worker may take its whole drain timeout. */
const usualTimeoutMs = 600_000;

export function workersRestartCommand(shell: Shell): Command {
	return remoteCommand({
		name: 'restart',
		says: 'Replace the workers of a pool: a new one is ready before an old one drains',
		examples: ['warren workers restart', 'warren workers restart --pool gpu --most-at-once 2'],
	})
		.option('--pool <pool>', 'whose workers', defaultPool)
		.option('--most-at-once <n>', 'how many each supervisor replaces side by side', '1')
		.option('--no-wait', 'do not wait until all are replaced')
		.option('--timeout <span>', 'how long to wait (default: 10m)')
		.action(async ({pool, mostAtOnce, wait, timeout, ...options}: Options) => {
			const {client, show, terminal} = sessionOf(shell, options);
			const timeoutMs = timeout === undefined ? usualTimeoutMs : span('--timeout', timeout);
			const rolling = await client.restartWorkers(pool, {mostAtOnce: whole('--most-at-once', mostAtOnce)});
			if (!wait) {
				show(
					rolling,
					() => `${rolling.supervisors.length} supervisors of pool ${pool} replace their workers`,
				);
				return;
			}
			const {seen, so} = await untilSo(terminal, {
				look: () => client.scaled(pool),
				isSo: view => partsOf(rolling, view).every(isOver(rolling)),
				says: view => `${left(rolling, view)} workers of ${pool} are still to be replaced`,
				timeoutMs,
			});
			const supervisors = partsOf(rolling, seen);
			const done = so && supervisors.length === rolling.supervisors.length;
			const head = done
				? `The workers of pool ${pool} are replaced`
				: `Not all workers of pool ${pool} are replaced yet`;
			show({...rolling, done, supervisors}, () => `${head}\n\n${told(supervisors, terminal)}`);
			if (!done) shell.exit(exitCodes.waitOver.code);
		});
}

/** What those say of it that were told; who is lost says nothing any more, and its workers drain. */
const partsOf = ({supervisors}: Rolling, view: ScaleView): SupervisorView[] =>
	view.supervisors.filter(({id, state}) => supervisors.includes(id) && state !== 'lost');

const isOver =
	(rolling: Rolling) =>
	({restart}: SupervisorView) =>
		restart?.id === rolling.id && restart.left === 0;

/** A supervisor that has not heard of it yet has all of them before it. */
function left(rolling: Rolling, view: ScaleView): number {
	const counts = partsOf(rolling, view).map(({restart, workers}) =>
		restart?.id === rolling.id ? restart.left : workers.length,
	);
	return counts.reduce((sum, count) => sum + count, 0);
}
