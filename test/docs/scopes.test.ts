import {readFile} from 'node:fs/promises';
import test from 'ava';
import {scopes} from '#keys/keys.ts';

test('SECURITY.md says of each scope what `warren keys create` says', async t => {
	const text = await readFile('SECURITY.md', 'utf8');
	const table = text.slice(text.indexOf('| Scope |'));
	for (const [name, says] of Object.entries(scopes)) t.true(table.includes(`| \`${name}\` | ${says}`), name);
});
