import {existsSync, readdirSync, readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import test, {type ExecutionContext} from 'ava';
import {createClient} from '#client/client.ts';
import {WarrenError} from '#client/error.ts';
import {openKeyRing} from '#keys/keyRing.ts';
import {open} from '../gateway/door.ts';
import {testAmbient} from '../harness/ambient.ts';
import {keyList} from '../keys/keyList.ts';
import {spawned} from './process.ts';
import {tempFolder} from './pty.ts';
import {shell} from './shell.ts';

test('a key is made, listed without its secret, and revoked', async t => {
	const {run, cwd} = shell(t);
	const made = await run(['keys', 'create', 'shop', '--scopes', 'submit, read', '--rate', '100/s']);
	t.is(made.code, 0);
	t.regex(made.out, /^wk_[0-9a-f]{10}_[\w-]{43}$/);
	const id = made.out.slice(3, 13);
	t.regex(
		made.err,
		new RegExp(`^Keep it: it is not shown again\\. Its hash is in .*keys\\.json, under the id ${id}\\.`),
	);
	t.false(made.err.includes(made.out));
	t.false(readFileSync(join(cwd, '.warren', 'keys.json'), 'utf8').includes(made.out.slice(14)));
	const listed = await run(['keys', 'list']);
	t.regex(
		listed.out,
		new RegExp(`^ID +NAME +SCOPES +RATE +MADE\n${id} +shop +submit,read +100/s +\\S+ ago$`),
	);
	const json = await run(['keys', 'list', '--json']);
	t.like(JSON.parse(json.out), [{id, name: 'shop', scopes: ['submit', 'read'], rate: '100/s'}]);
	t.false(json.out.includes('sha256'));
	t.like(await run(['keys', 'revoke', id]), {code: 0, out: `${id} is revoked`});
	const again = await run(['keys', 'revoke', id]);
	t.is(again.code, 1);
	t.regex(
		again.err,
		/^warren: There is no such key in .*keys\.json; `warren keys list` lists those that are$/,
	);
	t.regex((await run(['keys', 'list'])).out, /^There is no key in .*keys\.json\.$/);
});

test('the file can be named, and everything be had as JSON', async t => {
	const {run, cwd} = shell(t);
	const made = await run(['keys', 'create', 'ci', '--scopes', 'deploy', '--file', 'ci.yaml', '--json']);
	const {id, key, file, ...rest} = JSON.parse(made.out) as Record<string, string>;
	t.like(rest, {name: 'ci', scopes: ['deploy']});
	t.is(file, join(cwd, 'ci.yaml'));
	t.true(key?.startsWith(`wk_${id}_`));
	t.is(made.err, '');
	const other = await run(['keys', 'create', 'ci', '--scopes', 'deploy', '--data', 'other']);
	t.is(other.code, 0);
	t.true(existsSync(join(cwd, 'other', 'keys.json')));
	const revoked = await run(['keys', 'revoke', id ?? '', '--file', 'ci.yaml', '--json']);
	t.deepEqual(JSON.parse(revoked.out), {revoked: id});
});

test('what is not right is a sentence, and makes nothing', async t => {
	const {run, cwd} = shell(t);
	const wrong: [string[], RegExp][] = [
		[
			['create', 'x', '--scopes', 'root'],
			/Expected `--scopes` to be some of deploy, submit, read, operate, .*got `root`/,
		],
		[['create', 'x', '--scopes', ''], /Expected `--scopes` to be some of/],
		[['create', 'x'], /required option '--scopes <list>' not specified/],
		[['create', '', '--scopes', 'read'], /Expected a name of 1 to 100 characters, got 0/],
		[
			['create', 'x', '--scopes', 'read', '--rate', '5'],
			/Expected `--rate` to be like 100\/s, 30\/m or 5\/h, got `5`/,
		],
	];
	for (const [args, says] of wrong) {
		const {code, err, out} = await run(['keys', ...args]);
		t.is(code, 1, args.join(' '));
		t.regex(err, says);
		t.is(out, '');
	}
	t.deepEqual(readdirSync(cwd), []);
	writeFileSync(join(cwd, 'broken.json'), '{"no": "list"}');
	const broken = await run(['keys', 'list', '--file', 'broken.json']);
	t.like(broken, {code: 1});
	t.regex(broken.err, /broken\.json is not a list of keys: the value must be array$/);
});

/** In front of a door that asks for keys. */
async function keyed(t: ExecutionContext) {
	const list = keyList(t);
	const reader = list.add(['read']);
	const door = await open(t, {}, undefined, await openKeyRing(testAmbient(), list.file));
	return {...list, ...shell(t, door.url), reader, url: door.url};
}

test('commands call with WARREN_KEY or --api-key; without one they say where it comes from', async t => {
	const {run, reader, add} = await keyed(t);
	const bare = await run(['status']);
	t.is(bare.code, 7);
	t.regex(
		bare.err,
		/^warren: UNAUTHORIZED: Expected an API key in .*\n {2}Give a key in WARREN_KEY or with --api-key; `warren keys create` makes one/,
	);
	t.is((await run(['status'], {env: {WARREN_KEY: reader.key}})).code, 0);
	t.is((await run(['status', '--api-key', reader.key])).code, 0);
	t.is((await run(['status', '--api-key', reader.key], {env: {WARREN_KEY: 'wk_other'}})).code, 0);
	const unknown = await run(['status'], {env: {WARREN_KEY: add(['read']).key}});
	t.like(unknown, {code: 7});
	t.regex(unknown.err, /There is no such API key; it may have been revoked/);
	const lacking = await run(['invoke', 'echo', '1'], {env: {WARREN_KEY: reader.key}});
	t.like(lacking, {code: 7, out: ''});
	t.regex(lacking.err, /^warren: FORBIDDEN: This takes the scope `submit`; the API key `\w+` has `read`$/);
	const json = await run(['task', 'cancel', '01ARZ3NDEKTSV4RRFFQ69G5FAV', '--json'], {
		env: {WARREN_KEY: reader.key},
	});
	t.is((JSON.parse(json.err) as {error: {code: string}}).error.code, 'FORBIDDEN');
});

test('a key that can be none is refused before anything is sent, and not shown', async t => {
	const {run, url} = await keyed(t);
	for (const key of ['wk_a\nb', 'wk_é', 'wk_a b']) {
		const {code, err} = await run(['status'], {env: {WARREN_KEY: key}});
		t.is(code, 1);
		t.is(err, 'warren: Expected WARREN_KEY to be a key like `wk_…`, got something with other characters');
		t.throws(() => createClient({url, key}), {instanceOf: TypeError, message: /got something with other/});
	}
	t.is((await run(['status'], {env: {WARREN_KEY: ''}})).code, 7);
});

test('a server on every interface starts with keys only; they are made, used and revoked beside it', async t => {
	const folder = tempFolder(t);
	const up = ['up', '--host', '0.0.0.0', '--port', '0', '--log', 'info', '--set', 'worker.executors=1'];
	const refused = await spawned(t, folder, up).ended;
	t.is(refused.code, 1);
	t.regex(
		refused.err,
		/^warren: REST on 0\.0\.0\.0 needs API keys, and there is none in .*keys\.json: make one with `warren keys create NAME /,
	);
	t.deepEqual(readdirSync(folder), []);

	const made = await spawned(t, folder, ['keys', 'create', 'me', '--scopes', 'read']).ended;
	const key = made.out.trim();
	const node = spawned(t, folder, [...up, '--json']);
	const {keys} = await node.logs('callers of REST need an API key');
	t.is(keys, 1);
	const url = await node.prints(/"url":"(http:[^"]+)"/);
	const client = createClient({url, key});
	t.is((await client.status()).ledger.accepted, 0);
	const bare = await t.throwsAsync(createClient({url}).status(), {instanceOf: WarrenError});
	t.like(bare, {status: 401, failure: {code: 'UNAUTHORIZED'}});
	const submit = await t.throwsAsync(client.submit('hello', 1), {instanceOf: WarrenError});
	t.like(submit, {status: 403, failure: {code: 'FORBIDDEN'}});

	const revoked = await spawned(t, folder, ['keys', 'revoke', key.slice(3, 13)]).ended;
	t.is(revoked.code, 0);
	await node.logs('the API keys have changed');
	await t.throwsAsync(client.status(), {message: /no such API key/});
	node.kill('SIGTERM');
	const {code, err, out} = await node.ended;
	t.is(code, 0);
	t.false(`${err}${out}${revoked.out}${made.err}`.includes(key.slice(14)));
});
