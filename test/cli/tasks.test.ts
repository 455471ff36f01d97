import {writeFileSync} from 'node:fs';
import {join} from 'node:path';
import test from 'ava';
import type {Stop} from '#contract/task.ts';
import {shell, world} from './shell.ts';

test('invoke prints the result byte for byte, and with --json where it ran too', async t => {
	const {run} = await world(t);
	t.like(await run(['invoke', 'echo', '{"n": 1.0}']), {code: 0, out: '{"n": 1.0}', err: ''});
	const {out} = await run(['invoke', 'echo', '12345678901234567890', '--json']);
	t.regex(
		out,
		/^\{"result":12345678901234567890,"task":"[0-9A-Z]{26}","attempt":1,"worker":"w1","runMs":1\.5\}$/,
	);
});

test('inputs come from parameters, files and standard input, typed and untouched', async t => {
	const {run, cwd} = await world(t);
	const cases: [string[], string, string?][] = [
		[[], 'null'],
		[
			['-p', 'name=Ada', '-p', 'age=36', '-p', 'ok=true', '-p', 'none=null', '-p', 'zip=007'],
			'{"name":"Ada","age":36,"ok":true,"none":null,"zip":"007"}',
		],
		[['-p', 'big=12345678901234567890'], '{"big":12345678901234567890}'],
		[
			['-p', 'list=[1, 2]', '-p', 'text=[not json', '-p', 'empty='],
			'{"list":[1, 2],"text":"[not json","empty":""}',
		],
		[
			['-p', 'deep:={"a": 1}', '-p', 'quoted:="7"', '-p', 'a=b=c'],
			'{"deep":{"a": 1},"quoted":"7","a":"b=c"}',
		],
		[['-'], '[1.0]', '[1.0]'],
		[['--file', '-'], '"x"', '"x"'],
		[['--file', 'in.json'], '{"file": true}'],
	];
	writeFileSync(join(cwd, 'in.json'), '{"file": true}');
	for (const [args, expected, input = ''] of cases) {
		t.like(await run(['invoke', 'echo', ...args], {input}), {code: 0, out: expected}, args.join(' '));
	}
});

test('a wrong input is refused with what was expected', async t => {
	const {run, fake, cwd} = await world(t);
	writeFileSync(join(cwd, 'bad.json'), '{"a": 1,\n"b" 2}');
	const cases: [string[], RegExp][] = [
		[
			['hello'],
			/^warren: The input is not valid JSON: unexpected `h` at line 1, column 1 .*use -p name=text/,
		],
		[['1', '-p', 'a=1'], /^warren: Expected the input once/],
		[['-p', 'a'], /^warren: Expected a parameter like `name=value`, got `a`/],
		[['-p', 'a=1', '-p', 'a=2'], /^warren: The parameter `a` was given twice/],
		[['-p', 'a:=x'], /^warren: The parameter `a` is not valid JSON/],
		[['--file', 'none.json'], /^warren: none\.json can't be read \(ENOENT\)/],
		[['--file', 'bad.json'], /^warren: bad\.json is not valid JSON: unexpected `2` at line 2, column 5/],
		[['1', '--wait', 'long'], /^warren: Expected `--wait` to be a span like 30s or 500ms, got `long`/],
		[['1', '--max-attempts', 'x'], /^warren: Expected `--max-attempts` to be a whole number, got `x`/],
		[['1', '--deadline', 'soon'], /^warren: Expected `--deadline` to be an ISO date or a span/],
	];
	for (const [args, says] of cases) {
		const {code, err, out} = await run(['invoke', 'echo', ...args]);
		t.is(code, 1, args.join(' '));
		t.regex(err, says);
		t.is(out, '');
	}
	t.deepEqual(fake.submissions, []);
});

test('options travel with a submission', async t => {
	const {run, fake} = await world(t);
	const before = Date.now();
	const flags = ['--key', 'k', '--version', 'v', '--timeout', '2s', '--expires', '1m', '--max-attempts', '3'];
	t.is((await run(['submit', 'slow', '1', ...flags, '--deadline', '1h'])).code, 0);
	const options = fake.submissions[0]?.options;
	t.like(options, {key: 'k', version: 'v', timeoutMs: 2000, expiresInMs: 60_000, maxAttempts: 3});
	t.true((options?.deadline ?? 0) >= before + 3_600_000);
	await run(['submit', 'slow', '1', '--deadline', '2030-01-01T00:00:00Z']);
	t.is(fake.submissions[1]?.options?.deadline, Date.UTC(2030, 0, 1));
});

test('exit codes tell a failed task, a refusal, a wait that ran out and a node that is not there apart', async t => {
	const {run} = await world(t);
	const failed = await run(['invoke', 'throws', '1']);
	t.is(failed.code, 2);
	t.regex(failed.err, /^warren: FUNCTION_THREW: boom \(at fn\)\n {2}Its life: warren task get [0-9A-Z]{26}$/);
	const refused = await run(['invoke', 'nobody', '1']);
	t.is(refused.code, 4);
	t.regex(refused.err, /FUNCTION_NOT_FOUND: .*\n.*`warren functions` lists/);
	t.is((await run(['invoke', 'slow', '1', '--wait', '1ms'])).code, 6);
	const absent = await shell(t).run(['status']);
	t.is(absent.code, 3);
	t.regex(absent.err, /not reachable at http:\/\/127\.0\.0\.1:1 .*\n {2}Start one with `warren up`/);
});

test('a stack is shown to those who ask for it', async t => {
	const {run} = shell(t);
	t.notRegex((await run(['status'])).err, /\n +at /);
	t.regex((await run(['status'], {env: {WARREN_DEBUG: '1'}})).err, /\n +at .*\n/);
});

test('with --json a failure is JSON on standard error', async t => {
	const {run, tasks} = await world(t);
	const {code, out, err} = await run(['invoke', 'throws', '1', '--json']);
	t.is(code, 2);
	t.is(out, '');
	t.like(JSON.parse(err), {error: {code: 'FUNCTION_THREW', message: 'boom'}, task: [...tasks.keys()][0]});
});

test('submit prints the id, or waits for the end', async t => {
	const {run, tasks} = await world(t);
	const {out} = await run(['submit', 'slow', '-p', 'a=1']);
	t.is(tasks.get(out)?.input.toString(), '{"a":1}');
	t.like(await run(['submit', 'echo', '1', '--wait']), {code: 0, out: 'succeeded  1'});
	const failed = await run(['submit', 'throws', '1', '--wait', '--json']);
	t.is(failed.code, 2);
	t.like(JSON.parse(failed.out), {dead: 1});
});

test('submit --each makes a task of every item or line, and shows how far it is', async t => {
	const {run, cwd, tasks} = await world(t);
	writeFileSync(join(cwd, 'items.json'), '[1.0, {"a": 2}, "x"]');
	const items = await run(['submit', 'echo', '--file', 'items.json', '--each', 'item'], {watched: true});
	t.is(items.code, 0);
	t.deepEqual(
		items.out.split('\n').map(id => tasks.get(id)?.input.toString()),
		['1.0', '{"a": 2}', '"x"'],
	);
	t.regex(items.sketches.join('|'), /submitted: 1 of 3 \(33 %\)/);
	t.is(items.sketches.at(-1), '');
	const lines = await run(['submit', 'echo', '-', '--each', 'line', '--wait', '--json'], {input: '1\n\n2\n'});
	t.like(JSON.parse(lines.out), {succeeded: 2, refused: 0});
	t.deepEqual(lines.sketches, []);
	const wrong = await run(['submit', 'echo', '-', '--each', 'line'], {input: '1\n{x}\n'});
	t.is(wrong.code, 1);
	t.regex(wrong.err, /Standard input, line 2, is not valid JSON/);
	const refused = await run(['submit', 'nobody', '-', '--each', 'line'], {input: '1\n2\n'});
	t.is(refused.code, 4);
	t.regex(refused.err, /number 2 was refused: FUNCTION_NOT_FOUND/);
});

test('tasks are listed as a table or as JSON', async t => {
	const {run} = await world(t);
	t.is((await run(['tasks'])).out, 'There are no such tasks.');
	const {out: id} = await run(['submit', 'slow', '1']);
	await run(['submit', 'throws', '1']);
	const {out} = await run(['tasks']);
	t.regex(out, /^TASK +FUNCTION +STATE +ATTEMPT +CREATED\n/);
	t.regex(out, new RegExp(`${id} +slow +queued +1 +\\S+ ago +waits for a worker`));
	t.regex(out, /throws +dead +1 .*FUNCTION_THREW: boom/);
	const json = JSON.parse((await run(['tasks', '--state', 'queued', '--json'])).out) as {id: string}[];
	t.deepEqual(
		json.map(one => one.id),
		[id],
	);
	t.regex((await run(['tasks', '--limit', '1'])).out, /There may be more: --before [0-9A-Z]{26}$/);
	const wrong = await run(['tasks', '--state', 'done']);
	t.is(wrong.code, 1);
	t.regex(wrong.err, /argument 'done' is invalid\. Allowed choices are accepted/);
});

test('one task is looked at, waited for, read and cancelled', async t => {
	const {run, end} = await world(t);
	const {out: id} = await run(['submit', 'slow', '1']);
	t.regex((await run(['task', 'get', id])).out, /state +queued\nwaits for +a worker\n/);
	t.is((await run(['task', 'wait', id, '--timeout', '1ms'])).code, 6);
	t.is((await run(['task', 'result', id])).code, 4);
	const waiting = run(['task', 'wait', id]);
	end(id, 'succeeded', Buffer.from('{"x": 1.0}'), null);
	t.like(await waiting, {code: 0});
	t.like(await run(['task', 'result', id]), {code: 0, out: '{"x": 1.0}'});
	t.regex((await run(['task', 'logs', id])).out, /attempt 1 info +hello/);
	t.regex((await run(['task', 'cancel', id])).out, /had ended before: succeeded/);
	const {out: other} = await run(['submit', 'slow', '1']);
	t.is((await run(['task', 'cancel', other])).out, `${other} is cancelled (it was queued)`);
	t.is((await run(['task', 'wait', other])).code, 2);
	t.is((await run(['task', 'result', other])).code, 2);
});

test('a cancel of what ran says who stopped it, how long that took, and how often it had called the host', async t => {
	const {run, fake} = await world(t);
	const cancelled = async (stop: Partial<Stop>) => {
		fake.stop = {...{worker: 'w1', confirmed: true, ms: 3, runMs: 12.4, cpuMs: 1, hostCalls: 5}, ...stop};
		const {out: id} = await run(['submit', 'slow', '1']);
		return (await run(['task', 'cancel', id])).out.replace(`${id} is cancelled (it was queued); `, '');
	};
	t.is(await cancelled({}), 'w1 stopped it after 3 ms, it had run 12 ms, with 5 host calls');
	t.is(await cancelled({hostCalls: 1}), 'w1 stopped it after 3 ms, it had run 12 ms, with 1 host call');
	t.is(await cancelled({runMs: null, hostCalls: null}), 'w1 stopped it after 3 ms');
	t.is(await cancelled({confirmed: false}), 'w1 has not yet said that it stopped it');
});

test('dead tasks are listed, shown and redriven', async t => {
	const {run} = await world(t);
	t.regex((await run(['dead', 'list'])).out, /^There are no dead tasks that nobody waited for; --all/);
	const {out: id} = await run(['submit', 'throws', '1']);
	await run(['invoke', 'throws', '1']);
	t.is((await run(['dead', 'list'])).out.split('\n').length, 2);
	t.is((await run(['dead', 'list', '--all'])).out.split('\n').length, 3);
	const shown = await run(['dead', 'show', id]);
	t.regex(shown.out, /failure +FUNCTION_THREW: boom\n +at fn\n/);
	t.is((await run(['dead', 'redrive'])).code, 1);
	t.like(await run(['dead', 'redrive', '--all'], {watched: true}), {code: 0, out: '1 redriven'});
	const again = await run(['dead', 'redrive', id, '--json']);
	t.is(again.code, 4);
	t.deepEqual(JSON.parse(again.out), {redriven: [], refused: 1});
	t.regex((await run(['dead', 'show', id])).err, /Expected a dead task, .* is queued/);
});

test('events are printed until the task has ended', async t => {
	const {run, end, feed} = await world(t);
	const {out: id} = await run(['submit', 'slow', '1']);
	const events = run(['events', '--task', id]);
	while (!feed.heard) await new Promise(setImmediate);
	end(id, 'succeeded', Buffer.from('1'), null);
	const {code, out} = await events;
	t.is(code, 0);
	t.regex(out, /task [0-9A-Z]{26} \(slow\) queued: attempt 1\n.*\(slow\) succeeded: attempt 1$/);
});
