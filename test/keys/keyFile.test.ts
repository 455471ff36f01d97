import {chmodSync, existsSync, readFileSync, statSync, symlinkSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import test from 'ava';
import {addEntry, removeEntry} from '#keys/keyChange.ts';
import {entriesIn, KeyFileTrouble, readEntries} from '#keys/keyFile.ts';
import {hashOf, idOf, makeKey} from '#keys/secret.ts';
import {keyList} from './keyList.ts';

const entry = {
	id: 'a1',
	name: 'shop',
	scopes: ['submit' as const],
	hash: hashOf('wk_a1_x'),
	createdAt: 1,
};

test('a key has 256 random bits, and its list only their hash', t => {
	const {file, add} = keyList(t);
	const {key, id} = add(['read']);
	t.regex(key, /^wk_[0-9a-f]{10}_[\w-]{43}$/);
	t.is(Buffer.from(key.split('_').slice(2).join('_'), 'base64url').length, 32);
	t.is(idOf(key), id);
	t.false(readFileSync(file, 'utf8').includes(key.slice(14)));
	t.like(readEntries(file), [{id, hash: hashOf(key)}]);
	t.is(new Set(Array.from({length: 100}, () => makeKey().key)).size, 100);
});

test('a new file is for its owner alone; rights that somebody gave stay', t => {
	const {file, add} = keyList(t);
	add(['read']);
	t.is(statSync(file).mode & 0o777, 0o600);
	chmodSync(file, 0o640);
	const {id} = add(['submit']);
	t.is(statSync(file).mode & 0o777, 0o640);
	t.true(removeEntry(file, id));
	t.is(statSync(file).mode & 0o777, 0o640);
	t.is(readEntries(file).length, 1);
});

test('YAML that people wrote keeps their comments', t => {
	const {file, add} = keyList(t, 'keys.yaml');
	writeFileSync(
		file,
		`# Ask Ada before you change this.\n- id: a1\n  name: shop # till spring\n  scopes: [submit, read]\n  hash: ${entry.hash}\n  createdAt: 1\n`,
	);
	const {id} = add(['operate'], '5/m');
	const text = readFileSync(file, 'utf8');
	t.regex(text, /^# Ask Ada[\s\S]*shop # till spring/);
	t.like(readEntries(file), [
		{id: 'a1', scopes: ['submit', 'read']},
		{id, rate: '5/m'},
	]);
	t.true(removeEntry(file, 'a1'));
	t.deepEqual(
		readEntries(file).map(one => one.id),
		[id],
	);
});

test('a file behind a link is changed where it is', t => {
	const {file, folder, add} = keyList(t);
	add(['read']);
	const link = join(folder, 'link.json');
	symlinkSync(file, link);
	addEntry(link, entry);
	t.is(readEntries(file).length, 2);
});

test('what is no list of keys is refused with the place, and nothing of what stands there', t => {
	const secret = 'wk_a1_SECRET';
	const wrong: [string, RegExp][] = [
		[`- ${secret}`, /^f is not a list of keys: `\/0` must be object$/],
		[JSON.stringify({keys: [entry]}), /^f is not a list of keys: the value must be array$/],
		[JSON.stringify([{...entry, hash: secret}]), /`\/0\/hash` must be `sha256:` and the hash/],
		[JSON.stringify([{...entry, scopes: ['root']}]), /`\/0\/scopes\/0` must be /],
		[JSON.stringify([{...entry, scopes: []}]), /`\/0\/scopes` must not have fewer than 1 items/],
		[JSON.stringify([{...entry, rate: '0/s'}]), /`\/0\/rate` must be a rate like `100\/s`/],
		[JSON.stringify([{...entry, rate: `1/s ${secret}`}]), /`\/0\/rate` must be a rate/],
		[JSON.stringify([entry, entry]), /^f has two keys with the id `a1`$/],
		[`- *${secret}`, /^f has references that can't be followed$/],
		[
			`a: &a [x, x]\nb: &b [*a, *a, *a]\nc: &c [${'*b, '.repeat(99)}*b]\nd: [*c, *c]`,
			/^f has references that/,
		],
		[`[{"id": "${secret}`, /^f is neither JSON nor YAML/],
	];
	for (const [text, says] of wrong) {
		const {message} = t.throws(() => entriesIn(text, 'f'), {instanceOf: KeyFileTrouble}, text);
		t.regex(message, says);
		t.false(message.includes('SECRET'), message);
	}
	t.deepEqual(entriesIn('', 'f'), []);
	t.deepEqual(entriesIn('# none yet\n', 'f'), []);
});

test('two who change the file at once do not lose each other’s keys', t => {
	const {file, add} = keyList(t);
	add(['read']);
	writeFileSync(`${file}.new`, '');
	const {message} = t.throws(() => addEntry(file, entry), {instanceOf: KeyFileTrouble});
	t.regex(message, /keys\.json\.new is there: another command changes the keys, or one was killed/);
	t.true(existsSync(`${file}.new`));
	t.is(readEntries(file).length, 1);
});

test('a change that fails leaves the list, and nothing beside it', t => {
	const {file} = keyList(t);
	writeFileSync(file, 'nonsense: [');
	t.throws(() => addEntry(file, entry), {instanceOf: KeyFileTrouble});
	t.is(readFileSync(file, 'utf8'), 'nonsense: [');
	t.false(existsSync(`${file}.new`));
	t.false(removeEntry(join(file, '..', 'other.json'), 'a1'));
});
