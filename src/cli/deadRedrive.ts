import type {Command} from 'commander';
import type {Client} from '#client/client.ts';
import {WarrenError} from '#client/error.ts';
import {type Remote, remoteCommand, type Session, type Shell, sessionOf} from './command.ts';
import {exitCodes, UsageError} from './exit.ts';
import {createProgress} from './progress.ts';

type Options = Remote & {all?: boolean; function?: string; sameVersion?: boolean; reply?: boolean};

export function deadRedriveCommand(shell: Shell): Command {
	return remoteCommand({
		name: 'redrive',
		says: 'Begin the next life of dead tasks, on the live version of their function',
		examples: ['warren dead redrive 01JABCDEFGHJKMNPQRSTVWXYZ0', 'warren dead redrive --all --function mail'],
	})
		.argument('[tasks...]', 'their ids')
		.option('--all', 'all dead tasks that nobody waited for')
		.option('--function <name>', 'with --all: only those of this function')
		.option('--same-version', 'on the version they ran before')
		.option('--reply', 'answer their `reply_to` a second time')
		.action(async (given: string[], options: Options) => {
			const session = sessionOf(shell, options);
			if (given.length > 0 === (options.all === true)) {
				throw new UsageError('Expected the ids of dead tasks, or --all');
			}
			const tasks = options.all ? await allOf(session.client, options.function) : given;
			const {redriven, refused} = await redriveAll(session, tasks, options);
			if (refused > 0) shell.exit(exitCodes.refused.code);
			const left = refused > 0 ? `, ${refused} refused` : '';
			session.show({redriven, refused}, () => `${redriven.length} redriven${left}`);
		});
}

const page = 1000;

async function allOf(client: Client, fn: string | undefined): Promise<string[]> {
	const tasks: string[] = [];
	for (;;) {
		const before = tasks.at(-1);
		const views = await client.deadLetters({
			limit: page,
			...(fn !== undefined && {function: fn}),
			...(before !== undefined && {before}),
		});
		tasks.push(...views.map(({id}) => id));
		if (views.length < page) return tasks;
	}
}

async function redriveAll(
	{client, terminal}: Session,
	tasks: readonly string[],
	{sameVersion, reply}: Options,
): Promise<{redriven: string[]; refused: number}> {
	const progress = createProgress(terminal, 'redriven', tasks.length);
	const redriven: string[] = [];
	for (const task of tasks) {
		try {
			await client.redrive(task, {...(sameVersion && {sameVersion}), ...(reply && {reply})});
			redriven.push(task);
		} catch (error) {
			// One that cannot be redriven is told and must not keep the others from it.
			if (!(error instanceof WarrenError) || error.unreachable) throw error;
			terminal.say(`warren: ${task}: ${error.failure.code}: ${error.failure.message}`);
		}
		progress.step();
	}
	progress.end();
	return {redriven, refused: tasks.length - redriven.length};
}
