// Files of keys for tests, made as the command line makes them.
import {mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import type {ExecutionContext} from 'ava';
import {addEntry} from '#keys/keyChange.ts';
import type {Scope} from '#keys/keys.ts';
import {makeKey} from '#keys/secret.ts';

export function keyList(t: ExecutionContext, name = 'keys.json') {
	const folder = mkdtempSync(join(tmpdir(), 'warren-keys-'));
	t.teardown(() => rmSync(folder, {recursive: true, force: true}));
	const file = join(folder, name);
	/** Adds a key, and gives it as its holder has it. */
	const add = (scopes: Scope[], rate?: string) => {
		const {key, ...made} = makeKey();
		addEntry(file, {
			...made,
			name: scopes.join('+'),
			scopes,
			createdAt: 1,
			...(rate !== undefined && {rate}),
		});
		return {key, id: made.id, headers: {authorization: `Bearer ${key}`}};
	};
	return {folder, file, add};
}
