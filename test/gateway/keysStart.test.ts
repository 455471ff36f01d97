// When a node asks for keys, and when it rather does not start.
import {copyFileSync, existsSync, rmSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import test, {type ExecutionContext} from 'ava';
import {createWarren, type WarrenOptions} from '#warren.ts';
import {testAmbient} from '../harness/ambient.ts';
import {keyList} from '../keys/keyList.ts';

/** Opens a node that only serves; `data` is a folder of its own. */
function opening(t: ExecutionContext, http: Partial<NonNullable<WarrenOptions['http']>>) {
	const list = keyList(t);
	const data = join(list.folder, 'data');
	const ambient = testAmbient();
	const start = async () => {
		const warren = await createWarren(
			{roles: ['server'], data, http: {host: '127.0.0.1', port: 0, bodyLimitBytes: 1_000_000, ...http}},
			ambient,
		);
		t.teardown(() => warren.stop());
		await warren.start();
		const ask = async (headers: Record<string, string> = {}) =>
			(await fetch(`${warren.url}/v1/status`, {headers})).status;
		return {warren, ask};
	};
	return {...list, data, ambient, start};
}

test('on loopback nobody is asked for a key, until there is a file of keys in the data folder', async t => {
	const {start, data, add, file} = opening(t, {});
	const {ask, warren} = await start();
	t.is(await ask(), 200);
	await warren.stop();
	const {headers} = add(['read']);
	const usual = join(data, 'keys.json');
	copyFileSync(file, usual);
	const second = await start();
	t.is(await second.ask(), 401);
	t.is(await second.ask(headers), 200);
	await second.warren.stop();
	rmSync(usual);
	t.is(await (await start()).ask(), 200);
});

test('on any other address a node without keys does not start, and makes nothing', async t => {
	for (const host of ['0.0.0.0', '::', '10.1.2.3', '']) {
		const {start, data} = opening(t, {host});
		const error = await t.throwsAsync(start(), {name: 'KeysMissing'});
		t.regex(
			error?.message ?? '',
			/^REST on .* needs API keys, and there is none in .*keys\.json: make one with `warren keys/,
		);
		t.regex(error?.message ?? '', /set `http\.open: true` if nobody but you reaches that address$/);
		t.false(existsSync(data));
	}
});

test('a file of keys that is named is asked for, also on loopback', async t => {
	const named = keyList(t);
	const {start, ambient} = opening(t, {keys: named.file});
	await t.throwsAsync(start(), {
		name: 'KeysMissing',
		message: /^There is no API key in .*keys\.json, so nobody/,
	});
	writeFileSync(named.file, '[]');
	await t.throwsAsync(start(), {name: 'KeysMissing'});
	writeFileSync(named.file, '{}');
	await t.throwsAsync(start(), {name: 'KeyFileTrouble'});
	rmSync(named.file);
	const {headers, key} = named.add(['read']);
	const {ask} = await start();
	t.is(await ask(), 401);
	t.is(await ask({authorization: `Bearer ${key.slice(0, -2)}`}), 401);
	t.is(await ask(headers), 200);
	t.false(JSON.stringify(ambient.lines).includes(key.slice(14, 30)));
	t.true(ambient.lines.some(({msg}) => msg === 'callers of REST need an API key'));
});

test('with keys a node answers on every interface; a node that is said to be open asks nobody, and warns', async t => {
	const named = keyList(t);
	const {headers} = named.add(['read']);
	const {start} = opening(t, {host: '0.0.0.0', keys: named.file});
	const {ask} = await start();
	t.is(await ask(), 401);
	t.is(await ask(headers), 200);
	const unlocked = opening(t, {host: '0.0.0.0', open: true});
	t.is(await (await unlocked.start()).ask(), 200);
	const warned = unlocked.ambient.lines.filter(({level}) => level === 40);
	t.deepEqual(
		warned.map(({msg}) => msg),
		['whoever reaches REST may do everything: `http.open` is on'],
	);
});
