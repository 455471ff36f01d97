import {basename, dirname, extname, resolve} from 'node:path';
import {type Command, Option} from 'commander';
import {type Class, classes} from '#actors/lane.ts';
import type {Deploy, FunctionView} from '#contract/function.ts';
import {functionName} from '#contract/names.ts';
import {parseDuration} from '#lib/duration.ts';
import {collect, type Remote, remoteCommand, type Shell, sessionOf} from './command.ts';
import {UsageError} from './exit.ts';
import {bytes, short} from './table.ts';

type Options = Remote & {
	name?: string;
	handler?: string;
	env?: string[];
	wall?: string;
	cpu?: string;
	memory?: string;
	maxAttempts?: string;
	isolation?: 'reuse' | 'fresh';
	pool?: string;
	needs?: string;
	maxQueued?: string;
	concurrency?: string;
	class?: Class;
	spill?: boolean;
};

export function deployCommand(shell: Shell): Command {
	return remoteCommand({
		name: 'deploy',
		says: 'Bundle a function with its npm packages and make it live',
		examples: [
			'warren deploy hello.ts',
			'warren deploy ./resize --name resize --memory 256 --wall 2m',
			'warren deploy mail.ts --env FROM=shop@example.org --max-attempts 5',
		],
	})
		.argument('<entry>', 'a JavaScript or TypeScript file, or a folder with a package.json or an index')
		.option('--name <name>', 'its name (default: that of the file or folder)')
		.option('--handler <export>', 'the export to call (default: default)')
		.option('--env <name=value>', 'a variable in ctx.env; may be repeated', collect)
		.option('--wall <span>', 'the longest time of one attempt, like 30s or 2m')
		.option('--cpu <span>', 'the most CPU time of one attempt, like 10s')
		.option('--memory <MiB>', 'the heap of one sandbox')
		.option('--max-attempts <n>', 'attempts before a failure of the function is final')
		.addOption(
			new Option(
				'--isolation <kind>',
				'reuse: one warm sandbox, one call at a time; fresh: a new one for every call',
			).choices(['reuse', 'fresh']),
		)
		.option('--max-queued <n>', 'how many of its tasks may wait or run at once; more are refused')
		.option('--concurrency <n>', 'how many of its attempts may run at once, on all workers; the others wait')
		.option('--pool <pool>', 'the workers that run it (default: default)')
		.option('--needs <tags>', 'tags that a worker must have to run it, like gpu or gpu,eu')
		.addOption(classOption('the priority of its tasks that name none (default: normal)'))
		.option('--spill', 'its tasks may run in another area where they would wait too long here')
		.action(async (entry: string, options: Options) => {
			const {client, terminal, show} = sessionOf(shell, options);
			const path = resolve(terminal.cwd, entry);
			const name = options.name ?? nameOf(path);
			if (!functionName.test(name)) {
				throw new UsageError(
					`Expected a name of lower-case letters, digits and dashes that starts with a letter, got \`${name}\`; say --name`,
				);
			}
			// Only here: the bundler is large, and no other command needs it.
			const {bundle} = await import('#client/bundle.ts');
			const built = await bundle({entry: path});
			const view = await client.deploy({name, ...built, ...settingsOf(options)});
			show(view, () => told(view, terminal.me));
		});
}

/** `./mail/index.ts` → `mail`, `sendMail.ts` → `send-mail` */
function nameOf(path: string): string {
	const base = basename(path, extname(path));
	const name = base === 'index' ? basename(dirname(path)) : base;
	return name
		.replaceAll(/([a-z0-9])([A-Z])/g, '$1-$2')
		.replaceAll(/[_. ]+/g, '-')
		.toLowerCase();
}

function settingsOf(options: Options): Pick<Deploy, 'handler' | 'env' | 'policy'> {
	const policy = {
		...(options.wall !== undefined && {wallMs: span('--wall', options.wall)}),
		...(options.cpu !== undefined && {cpuMs: span('--cpu', options.cpu)}),
		...(options.memory !== undefined && {memoryMb: whole('--memory', options.memory)}),
		...(options.maxAttempts !== undefined && {maxAttempts: whole('--max-attempts', options.maxAttempts)}),
		...(options.isolation !== undefined && {isolation: options.isolation}),
		...(options.maxQueued !== undefined && {maxQueued: whole('--max-queued', options.maxQueued)}),
		...(options.concurrency !== undefined && {concurrency: whole('--concurrency', options.concurrency)}),
		...(options.pool !== undefined && {pool: options.pool}),
		...(options.needs !== undefined && {needs: options.needs.split(',').map(tag => tag.trim())}),
		...(options.class !== undefined && {class: options.class}),
		...(options.spill !== undefined && {spill: options.spill}),
	};
	return {
		...(options.handler !== undefined && {handler: options.handler}),
		...(options.env !== undefined && {env: Object.fromEntries(options.env.map(variable))}),
		...(Object.keys(policy).length > 0 && {policy}),
	};
}

function variable(pair: string): [string, string] {
	const [, name, value] = /^([A-Za-z_]\w*)=([\s\S]*)$/.exec(pair) ?? [];
	if (name === undefined || value === undefined) {
		throw new UsageError(`Expected --env NAME=value, got \`--env ${pair}\``);
	}
	return [name, value];
}

export const classOption = (says: string): Option => new Option('--class <class>', says).choices(classes);

export function span(flag: string, text: string): number {
	const ms = parseDuration(text);
	if (ms !== undefined) return ms;
	throw new UsageError(`Expected \`${flag}\` to be a span like 30s or 500ms, got \`${text}\``);
}

export function whole(flag: string, text: string): number {
	if (/^\d{1,15}$/.test(text)) return Number(text);
	throw new UsageError(`Expected \`${flag}\` to be a whole number, got \`${text}\``);
}

function told({name, state, number, version, codeBytes}: FunctionView, me: string): string {
	const live = `${name} is live: version ${number} (${short(version)}, ${bytes(codeBytes)})`;
	return state === 'paused'
		? `${live}, but ${name} is paused\n  ${me} functions resume ${name}`
		: `${live}\n  ${me} invoke ${name}`;
}
