// What operators call by its name does at a node what the verb of `warren` does.
import test from 'ava';
import {node} from '../gateway/node.ts';
import {run} from '../system/process.ts';

test('functions and pools are paused and resumed, and dead tasks redriven, by the scripts', async t => {
	t.timeout(120_000);
	const {client, url} = await node(t, 'memory+sqlite');
	const ask = async (script: string, ...args: readonly string[]) => {
		const {code, stderr} = await run(`scripts/${script}`, args, {WARREN_URL: url});
		t.is(code, 0, `${script}: ${stderr}`);
	};
	await client.deploy({name: 'fails', language: 'javascript', code: 'export default n => { throw n; };'});
	const pauseOf = async () => (await client.function('fails')).pause?.why;
	const poolPauses = async () => (await client.pools()).flatMap(({pause}) => pause?.why ?? []);

	await ask('pause-function', 'fails', '--why', 'the post is closed');
	t.is(await pauseOf(), 'the post is closed');
	await ask('resume-function', 'fails');
	t.is(await pauseOf(), undefined);

	await ask('pause-pool', 'default', '--why', 'the driver is replaced');
	t.deepEqual(await poolPauses(), ['the driver is replaced']);
	await ask('resume-pool', 'default');
	t.deepEqual(await poolPauses(), []);

	const {task} = await client.submit('fails', 1);
	t.like(await client.wait(task), {state: 'dead', attempt: 1});
	await ask('redrive', task);
	t.like(await client.wait(task), {state: 'dead', attempt: 2});
});

test('a script that asks a server says so where there is none', async t => {
	const {code, stderr} = await run('scripts/restart-workers', [], {WARREN_URL: 'http://127.0.0.1:1'});
	t.is(code, 3);
	t.regex(stderr, /127\.0\.0\.1:1/);
});
