import type {Command} from 'commander';
import type {WorkerView} from '#contract/status.ts';
import {type Remote, remoteCommand, type Shell, sessionOf} from './command.ts';
import {span} from './deploy.ts';
import {exitCodes} from './exit.ts';
import {untilSo, usualTimeoutMs} from './untilSo.ts';

export function drainCommand(shell: Shell): Command {
	return remoteCommand({
		name: 'drain',
		says: 'Let a worker finish or give back what it has, take nothing new, and exit',
		examples: ['warren drain host-4711-a1b2c3', 'warren drain host-4711-a1b2c3 --timeout 10m'],
	})
		.argument('<worker>', 'its id; `warren workers` lists them')
		.option('--no-wait', 'do not wait until it is gone')
		.option('--timeout <span>', 'how long to wait (default: 2m)')
		.action(async (worker: string, options: Remote & {wait: boolean; timeout?: string}) => {
			const {client, show, terminal} = sessionOf(shell, options);
			const {wait, timeout} = options;
			const timeoutMs = timeout === undefined ? usualTimeoutMs : span('--timeout', timeout);
			const told = await client.drain(worker);
			const find = async (): Promise<WorkerView> => {
				const now = (await client.workers()).find(({id}) => id === worker);
				// An order may be lost.
				if (now && (now.state === 'idle' || now.state === 'busy')) await client.drain(worker);
				return now ?? {...told, state: 'stopped'};
			};
			const {seen} = wait
				? await untilSo(terminal, {look: find, isSo: isGone, says, timeoutMs})
				: {seen: told};
			show(seen, () => (wait ? ending(seen) : `${worker} is told to drain${again(seen)}`));
			if (wait && !isGone(seen)) shell.exit(exitCodes.waitOver.code);
		});
}

const isGone = ({state}: WorkerView) => state === 'stopped' || state === 'lost';

const says = ({id, state, busy}: WorkerView): string => `${id} is ${state}, ${busy} of its attempts run`;

function ending(view: WorkerView): string {
	if (view.state === 'stopped') return `${view.id} has drained and is gone${again(view)}`;
	if (view.state === 'lost') return `${view.id} is silent; what it held runs elsewhere`;
	return `${says(view)}; it goes on draining`;
}

const again = ({supervisor}: WorkerView): string =>
	supervisor === null
		? ''
		: `; ${supervisor} starts another in its place (\`warren scale\` makes them fewer)`;
