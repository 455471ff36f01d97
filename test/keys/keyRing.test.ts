import {rmSync, writeFileSync} from 'node:fs';
import test, {type ExecutionContext} from 'ava';
import {removeEntry} from '#keys/keyChange.ts';
import {KeyFileTrouble} from '#keys/keyFile.ts';
import {openKeyRing} from '#keys/keyRing.ts';
import {testAmbient} from '../harness/ambient.ts';
import {arrivals} from '../harness/arrivals.ts';
import {createFakeClock} from '../harness/clock.ts';
import {keyList} from './keyList.ts';

async function ring(t: ExecutionContext) {
	const list = keyList(t);
	const first = list.add(['read']);
	const clock = createFakeClock();
	const ambient = testAmbient(clock);
	const keys = await openKeyRing(ambient, list.file);
	const changes = arrivals<string>('changes');
	t.teardown(keys.follow(() => changes.push('changed')));
	/** Lets the time of a look pass, and the look itself. */
	const look = async () => {
		clock.advance(2000);
		while (clock.pending() === 0) await new Promise(setImmediate);
	};
	return {...list, first, clock, ambient, keys, changes, look};
}

test('keys that are added and revoked are so at the next look', async t => {
	const {keys, first, add, file, changes, look} = await ring(t);
	const second = add(['submit']);
	t.is(keys.find(second.key), undefined);
	await look();
	t.like(keys.find(second.key), {id: second.id, scopes: ['submit']});
	const found = keys.find(first.key);
	if (!found) throw new Error('the first key was not found');
	t.true(keys.holds(found, 'read'));
	removeEntry(file, first.id);
	t.truthy(keys.find(first.key));
	await look();
	t.is(keys.find(first.key), undefined);
	t.false(keys.holds(found, 'read'));
	t.is(changes.all.length, 2);
	await look();
	t.is(changes.all.length, 2);
});

test('a key is the whole of it: nothing near it opens', async t => {
	const {keys, first} = await ring(t);
	const last = first.key.at(-1) === 'A' ? 'E' : 'A';
	const near = [
		first.key.slice(0, -1) + last,
		first.key.slice(0, -1),
		`${first.key}A`,
		first.key.toUpperCase(),
		first.key.replace(first.id, '0000000000'),
		` ${first.key}`,
		`${first.key}\n`,
		'wk__',
		'',
		`wk_${'a'.repeat(15_000)}_${'b'.repeat(43)}`,
		'wk___proto___',
		`wk_constructor_${'b'.repeat(43)}`,
	];
	for (const sent of near) t.is(keys.find(sent), undefined, sent.slice(0, 60));
	t.truthy(keys.find(first.key));
});

test('a file that is of no use changes nothing, and says so once; one that is gone has no keys', async t => {
	const {keys, first, file, ambient, look} = await ring(t);
	writeFileSync(file, '[{"id": 7}]');
	await look();
	await look();
	t.truthy(keys.find(first.key));
	const told = ambient.lines.filter(({level}) => level === 50);
	t.is(told.length, 1);
	t.regex(String(told[0]?.why), /is not a list of keys: `\/0` must/);
	t.regex(await ambient.metrics.registry.metrics(), /^warren_key_file_trouble 1$/m);
	rmSync(file);
	await look();
	t.is(keys.find(first.key), undefined);
	t.is(keys.size, 0);
	t.regex(await ambient.metrics.registry.metrics(), /^warren_key_file_trouble 0$/m);
});

test('a key whose scopes were changed keeps its bucket, and what it may no more it may not', async t => {
	const {keys, add, file, look} = await ring(t);
	const {key, id} = add(['read', 'submit'], '1/h');
	await look();
	const before = keys.find(key);
	t.is(before?.take(), 0);
	t.true((before?.take() ?? 0) > 0);
	const entry = {id, name: 'n', scopes: ['submit'], hash: before?.hash, rate: '1/h', createdAt: 1};
	writeFileSync(file, JSON.stringify([entry]));
	await look();
	const after = keys.find(key);
	t.true((after?.take() ?? 0) > 0);
	t.true(before !== undefined && keys.holds(before, 'submit') && !keys.holds(before, 'read'));
	writeFileSync(file, JSON.stringify([{...entry, rate: '2/h'}]));
	await look();
	t.is(keys.find(key)?.take(), 0);
});

test('a ring that cannot be read is no start', async t => {
	const {file, folder} = keyList(t);
	writeFileSync(file, '{');
	await t.throwsAsync(openKeyRing(testAmbient(), file), {instanceOf: KeyFileTrouble});
	await t.throwsAsync(openKeyRing(testAmbient(), folder), {
		instanceOf: KeyFileTrouble,
		message: /can't be read \(EISDIR\)/,
	});
});
