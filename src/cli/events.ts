import {type Command, Option} from 'commander';
import type {EventQuery} from '#contract/query.ts';
import type {Happening} from '#contract/status.ts';
import {type Remote, remoteCommand, type Shell, sessionOf} from './command.ts';
import {moment} from './table.ts';

type Options = Remote & EventQuery & {task?: string};

export function eventsCommand(shell: Shell): Command {
	return remoteCommand({
		name: 'events',
		says: 'Print what happens, as it happens, until Ctrl-C; of one task, until it has ended',
		examples: ['warren events --state dead', 'warren events --task 01JABCDEFGHJKMNPQRSTVWXYZ0 --json'],
	})
		.option('--task <id>', 'only this task')
		.addOption(new Option('--actor <kind>', 'only these').choices(['task', 'function', 'worker']))
		.option('--group <name>', 'only this function and its tasks, or the workers of this pool')
		.option('--state <state>', 'only what enters this state')
		.action(async ({task, actor, group, state, ...remote}: Options) => {
			const {client, json, terminal} = sessionOf(shell, remote);
			const about =
				task === undefined ? {...(actor && {actor}), ...(group && {group}), ...(state && {state})} : {task};
			for await (const happening of client.events(about)) {
				terminal.print(json ? JSON.stringify(happening) : told(happening));
			}
		});
}

function told({at, actor, id, group, state, attempt, code}: Happening): string {
	const of = actor === 'function' ? '' : ` (${group})`;
	const more = [attempt === undefined ? '' : `attempt ${attempt}`, code ?? ''].filter(Boolean).join(', ');
	return `${moment(at)} ${actor} ${id}${of} ${state}${more === '' ? '' : `: ${more}`}`;
}
