import {mkdirSync, readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import test from 'ava';
import type {Command} from 'commander';
import {createCli} from '#cli/cli.ts';
import {processTerminal} from '#cli/terminal.ts';
import {settings} from '#config/schema.ts';
import {systemClock} from '#lib/clock.ts';
import {shell, world} from './shell.ts';

test('an unknown command or option is refused with the nearest one', async t => {
	const {run} = shell(t);
	const command = await run(['statsu']);
	t.is(command.code, 1);
	t.regex(command.err, /warren: unknown command 'statsu'\n\(Did you mean status\?\)/);
	const option = await run(['tasks', '--functoin', 'x']);
	t.is(option.code, 1);
	t.regex(option.err, /unknown option '--functoin'\n\(Did you mean --function\?\)/);
	t.is((await run(['task', 'gte', 'x'])).code, 1);
});

test('every command has help with examples, and prints it to standard output', async t => {
	const {run} = shell(t);
	const {program} = createCli({
		start: {up: nobody, server: nobody, worker: nobody, supervise: nobody, config: nobody, keyFile: () => ''},
		terminal: processTerminal(systemClock),
		version: '1',
	});
	const paths = leaves(program, []);
	t.true(paths.length > 20);
	for (const path of paths) {
		const {code, out, err} = await run([...path, '--help']);
		t.is(code, 0, path.join(' '));
		t.regex(
			out,
			/Examples:\n {2}\$ warren |^Usage: warren \[options\] \[command\]|A first function/m,
			path.join(' '),
		);
		t.is(err, '');
	}
});

const nobody = async () => 0;

function leaves(command: Command, path: string[]): string[][] {
	const deeper = command.commands.filter(one => one.name() !== 'help');
	return [path, ...deeper.flatMap(one => leaves(one, [...path, one.name()]))];
}

test('--version and no arguments at all are answered', async t => {
	const {run} = shell(t);
	t.like(await run(['--version']), {code: 0, out: '1.2.3'});
	const nothing = await run([]);
	t.is(nothing.code, 1);
	t.regex(nothing.err, /^Usage: warren/);
});

test('what starts a node is handed the flags as they are, and gives the exit code', async t => {
	const {run, started} = shell(t);
	t.is(
		(await run(['up', '--port', '0', '--data', 'd', '--set', 'worker.slots=8', '--set', 'a=b=c'])).code,
		0,
	);
	t.is((await run(['worker', '--broker', 'amqp://x'])).code, 130);
	await run(['server', '--config', 'w.yaml']);
	await run(['config', '--json']);
	t.deepEqual(started, [
		['up', {port: '0', data: 'd', 'worker.slots': '8', a: 'b=c'}],
		['worker', {broker: 'amqp://x'}],
		['server', {config: 'w.yaml'}],
		['config', {}],
	]);
	const wrong = await run(['up', '--set', 'port']);
	t.is(wrong.code, 1);
	t.regex(wrong.err, /Expected --set key=value, got `--set port`/);
});

test('every option of a node is a setting’s flag', t => {
	const {program} = createCli({
		start: {up: nobody, server: nobody, worker: nobody, supervise: nobody, config: nobody, keyFile: () => ''},
		terminal: processTerminal(systemClock),
		version: '1',
	});
	const up = program.commands.find(one => one.name() === 'up');
	const flags: string[] = Object.values(settings).flatMap(one => ('flag' in one ? [one.flag] : []));
	const own = ['config', 'set', 'json'];
	const options = (up?.options ?? []).map(one => one.name()).filter(name => !own.includes(name));
	t.true(options.length >= 6);
	for (const option of options) t.true(flags.includes(option), `--${option} is no setting`);
});

test('init writes a function to start from, and never over somebody’s work', async t => {
	const {run, cwd} = shell(t);
	const {code, out} = await run(['init', 'first']);
	t.is(code, 0);
	t.regex(out, /Wrote first\/hello\.ts and first\/README\.md\.\n {2}warren deploy first\/hello\.ts/);
	t.regex(readFileSync(join(cwd, 'first/README.md'), 'utf8'), /warren up/);
	const again = await run(['init', 'first']);
	t.is(again.code, 1);
	t.regex(again.err, /first\/(hello\.ts|README\.md) is there already; name another folder/);
	mkdirSync(join(cwd, 'mine'));
	writeFileSync(join(cwd, 'mine/README.md'), 'mine');
	t.is((await run(['init', 'mine'])).code, 1);
	t.is(readFileSync(join(cwd, 'mine/README.md'), 'utf8'), 'mine');
});

test('deploy bundles a file under its name and passes on its settings', async t => {
	const {run, cwd, api} = await world(t);
	const deployed: object[] = [];
	const deploy = api.deploy.bind(api);
	api.deploy = async request => {
		deployed.push(request);
		return deploy(request);
	};
	await run(['init', '.']);
	writeFileSync(join(cwd, 'sendMail.ts'), 'export default (n: number): number => n * 2;');
	const first = await run(['deploy', 'hello.ts']);
	t.is(first.err, '');
	t.regex(first.out, /^hello is live: version 1 \([0-9a-f]{12}, .*\)\n {2}warren invoke hello$/);
	const flags = [
		'--wall',
		'2m',
		'--cpu',
		'5s',
		'--memory',
		'256',
		'--max-attempts',
		'4',
		'--isolation',
		'fresh',
		'--concurrency',
		'3',
		'--needs',
		'gpu, eu',
	];
	await run(['deploy', 'sendMail.ts', ...flags, '--env', 'FROM=a=b', '--handler', 'main']);
	t.like(deployed[1], {
		name: 'send-mail',
		language: 'javascript',
		handler: 'main',
		env: {FROM: 'a=b'},
		policy: {
			...{wallMs: 120_000, cpuMs: 5000, memoryMb: 256, maxAttempts: 4, isolation: 'fresh', concurrency: 3},
			needs: ['gpu', 'eu'],
		},
	});
	t.regex((await run(['functions', 'send-mail'])).out, /^at once +3\nneeds +gpu, eu$/m);
});

test('deploy refuses by name what it cannot bundle or name', async t => {
	const {run, cwd} = await world(t);
	writeFileSync(join(cwd, 'broken.ts'), 'export default (\n');
	writeFileSync(join(cwd, '9lives.ts'), 'export default 1;');
	const broken = await run(['deploy', 'broken.ts']);
	t.is(broken.code, 1);
	t.regex(broken.err, /^warren: .*broken\.ts:\d+:\d+/);
	t.is((await run(['deploy', 'missing.ts'])).code, 1);
	const unnamed = await run(['deploy', '9lives.ts']);
	t.is(unnamed.code, 1);
	t.regex(unnamed.err, /Expected a name of lower-case letters.* got `9lives`; say --name/);
	writeFileSync(join(cwd, 'fine.ts'), 'export default () => 1;');
	t.regex((await run(['deploy', 'fine.ts', '--env', 'x'])).err, /Expected --env NAME=value, got `--env x`/);
});

test('functions, workers and status are shown for people and as JSON', async t => {
	const {run} = await world(t);
	const functions = await run(['functions']);
	t.regex(functions.out, /^NAME +STATE +VERSION +RUNTIME +SIZE +DEPLOYED\necho +active +1 \([0-9a-f]{12}\)/);
	t.regex(
		(await run(['functions', 'echo'])).out,
		/name +echo\nstate +active[\s\S]*VERSION +DIGEST[\s\S]* live$/,
	);
	t.is((await run(['functions', 'nobody'])).code, 4);
	t.regex((await run(['workers'])).out, /w1 +idle +default +gpu +0 of 8 +2 /);
	t.regex((await run(['nodes'])).out, /n1 \(asked\) +live +here +1\.2\.3 +.* ago +.* ago +1 +3 +0/);
	t.regex((await run(['nodes', 'forget', 'n1'])).err, /Server n1 lives; stop it first/);
	t.is((await run(['nodes', 'forget', 'n9'])).code, 4);
	t.regex((await run(['status'])).out, /tasks +accepted 0 = succeeded 0 \+ dead 0/);
	for (const command of ['functions', 'workers', 'nodes', 'status', 'tasks']) {
		const {out} = await run([command, '--json']);
		t.is(typeof JSON.parse(out), 'object', command);
	}
	t.is((await run(['remove', 'echo'])).out, 'echo is removed');
	t.is((await run(['remove', 'echo'])).code, 4);
});

test('the address comes from --url or WARREN_URL', async t => {
	const {url} = await world(t);
	const {run} = shell(t);
	t.is((await run(['status', '--url', url])).code, 0);
	const {code, out} = await run(['status', '--json'], {env: {WARREN_URL: url}, bare: true});
	t.is(code, 0);
	t.like(JSON.parse(out), {node: 'n1'});
});
