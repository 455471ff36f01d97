import type {Command} from 'commander';
import {command, type Shell} from './command.ts';
import {UsageError} from './exit.ts';
import {type Flags, flagsOf, type Starters, withWorkerNodeOptions} from './nodeOptions.ts';

export function superviseCommand(shell: Shell, start: Starters): Command {
	return withWorkerNodeOptions(
		command({
			name: 'supervise',
			says: 'Keep worker processes of a pool on this host, as many as `warren scale` says',
			examples: [
				'warren supervise --workers 4 --broker amqp://guest:guest@localhost:5672',
				'warren supervise --pool gpu --broker amqps://broker --set worker.executors=1',
			],
		}),
	)
		.option('--workers <n>', 'how many, as long as nobody has scaled the pool (default: 1)')
		.action(async ({workers = '1', ...options}: Flags & {workers?: string}) => {
			shell.exit(await start.supervise(flagsOf(options), countOf(workers)));
		});
}

/** @throws UsageError when it is no number of workers */
export function countOf(text: string): number {
	if (/^\d{1,5}$/.test(text) && Number(text) <= 10_000) return Number(text);
	throw new UsageError(`Expected --workers to be a whole number from 0 to 10000, got \`${text}\``);
}
