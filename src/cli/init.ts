import {mkdir, readdir, writeFile} from 'node:fs/promises';
import {join, relative, resolve} from 'node:path';
import type {Command} from 'commander';
import {command, type Shell} from './command.ts';
import {UsageError} from './exit.ts';

export function initCommand(shell: Shell): Command {
	return command({
		name: 'init',
		says: 'Write a small function to start from',
		examples: ['warren init', 'warren init my-functions'],
	})
		.argument('[folder]', 'where to', '.')
		.option('--json', 'print JSON instead of text for people')
		.action(async (folder: string, options: {json?: boolean}) => {
			shell.json = options.json ?? false;
			const {terminal} = shell;
			const path = resolve(terminal.cwd, folder);
			await mkdir(path, {recursive: true});
			// Never over somebody's work, and never half of it.
			const taken = (await readdir(path)).find(name => Object.hasOwn(files, name));
			if (taken !== undefined) {
				throw new UsageError(`${join(path, taken)} is there already; name another folder`);
			}
			for (const [name, content] of Object.entries(files))
				await writeFile(join(path, name), content, {flag: 'wx'});
			const written = Object.keys(files).map(name => relative(terminal.cwd, join(path, name)));
			const {me} = terminal;
			const says = `Wrote ${written.join(' and ')}.\n  ${me} deploy ${written[0]}\n  ${me} invoke hello -p name=Ada`;
			terminal.print(shell.json ? JSON.stringify({written}) : says);
		});
}

const functionFile = `type Input = {name?: string};
type Context = {task: string; attempt: number};

// Runs in a sandbox; what it returns is the task's result, what it throws is its failure.
export default async function hello(input: Input | null, ctx: Context) {
	const name = input?.name ?? 'world';
	console.log(\`greeting \${name}\`);
	return {greeting: \`Hello, \${name}!\`, task: ctx.task, attempt: ctx.attempt};
}
`;

const readmeFile = `# A first function

    warren up                             start Warren here, and leave it running
    warren deploy hello.ts                bundle hello.ts and make it live
    warren invoke hello -p name=Ada       run it and print its result
    warren submit hello -p name=Ada       run it later and print the task's id
    warren task logs TASK                 what it printed

An npm package that hello.ts imports is bundled with it at \`warren deploy\`.
A task may run more than once (a worker can die): \`ctx.task\` stays the same, use it to make effects idempotent.
`;

const files = {'hello.ts': functionFile, 'README.md': readmeFile} as const;
