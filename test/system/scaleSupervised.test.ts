import test from 'ava';
import {createClient} from '#client/client.ts';
import {keyList} from '../keys/keyList.ts';
import {run} from './process.ts';
import {busy, place, scaled} from './supervisors.ts';

test('the script has a server scale a pool that supervisors keep, and says so where it can reach none', async t => {
	const {broker, client, warren, supervise} = await place(t);
	supervise(1);
	await scaled(client, ({running}) => running === 1);
	const script = (url: string) =>
		run('scripts/scale-workers', [
			'2',
			'--broker',
			broker.url,
			'--prefix',
			broker.prefix,
			'--url',
			url,
			'--json',
		]);
	const up = await script(warren.url ?? '');
	t.is(up.code, 0, up.stderr);
	t.like(JSON.parse(up.stdout), {wanted: 2, before: 1, after: 2, supervisors: [{wanted: 2, running: 2}]});

	const lost = await script('http://127.0.0.1:1');
	t.is(lost.code, 1);
	t.regex(
		lost.stderr,
		/Supervisors keep pool default, so a server must tell them, and http:\/\/127\.0\.0\.1:1 did not: .*\nGive its address with --url or WARREN_URL\.\n$/,
	);
});

test('where the server asks for a key, the script takes it from WARREN_KEY and says so where it lacks', async t => {
	const list = keyList(t);
	const keys = {operator: list.add(['read', 'operate']).key, reader: list.add(['read']).key};
	const http = {host: '127.0.0.1', port: 0, bodyLimitBytes: 1024, keys: list.file};
	const {broker, warren, supervise} = await place(t, {http});
	supervise(0);
	const script = (key: string) =>
		run(
			'scripts/scale-workers',
			['1', '--broker', broker.url, '--prefix', broker.prefix, '--url', url, '--json'],
			{WARREN_KEY: key},
		);
	const url = warren.url ?? '';
	await scaled(createClient({url, key: keys.operator}), ({supervisors}) => supervisors.length === 1);
	const bare = await script('');
	t.is(bare.code, 1);
	const says = / did not: .*\nGive a key with the scopes `read` and `operate` in WARREN_KEY\.\n$/;
	t.regex(bare.stderr, says);
	const lacking = await script(keys.reader);
	t.is(lacking.code, 1);
	t.regex(lacking.stderr, says);
	const none = await script('wk_a b');
	t.is(none.code, 1);
	t.regex(none.stderr, /Expected .* an API key like `wk_…`, got something with other characters\n$/);
	const up = await script(keys.operator);
	t.is(up.code, 0, up.stderr);
	t.like(JSON.parse(up.stdout), {wanted: 1, before: 0, after: 1});
});

test('a worker is drained over the broker alone', async t => {
	const {broker, client, supervise} = await place(t);
	const code = 'export default () => new Promise(() => setTimeout(() => {}, 600_000));';
	await client.deploy({name: 'hold', language: 'javascript', code, policy: {wallMs: 600_000}});
	supervise(1);
	const before = await scaled(client, ({running}) => running === 1);
	const worker = before.supervisors[0]?.workers[0]?.worker ?? '';
	const script = (name: string, ...more: string[]) =>
		run('scripts/drain-worker', [
			...[name, '--broker', broker.url, '--prefix', broker.prefix, '--json'],
			...more,
		]);
	const drained = await script(worker);
	t.is(drained.code, 0, drained.stderr);
	t.deepEqual(JSON.parse(drained.stdout), {worker, drained: true});
	await scaled(client, view => view.running === 1 && view.supervisors[0]?.workers[0]?.worker !== worker);
	const [next] = (await client.scaled('default')).supervisors.flatMap(({workers}) => workers);
	const {task} = await client.submit('hold', 0);
	await busy(client, next?.worker ?? '');
	const hasty = await script(next?.worker ?? '', '--patience', '0');
	t.is(hasty.code, 1, hasty.stderr);
	t.deepEqual(JSON.parse(hasty.stdout), {worker: next?.worker, drained: false});
	await client.cancel(task);
	await scaled(
		client,
		view => view.running === 1 && view.supervisors[0]?.workers[0]?.worker !== next?.worker,
	);
	const again = await script(worker);
	t.is(again.code, 1);
	t.regex(again.stderr, /No worker .* is heard of at this broker/);
});
