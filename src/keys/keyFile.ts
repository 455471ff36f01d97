// The file of keys: a list in JSON or YAML, which people may write too.
import {readFileSync} from 'node:fs';
import {readFile} from 'node:fs/promises';
import {join} from 'node:path';
import Type, {type Static} from 'typebox';
import {type Document, parseDocument} from 'yaml';
import {checker} from '#contract/check.ts';
import {ratePattern} from './bucket.ts';
import {type Scope, scopes} from './keys.ts';

const KeyEntrySchema = Type.Object(
	{
		id: Type.String({pattern: '^[a-z0-9]{1,32}$', description: 'Lower-case letters and digits, at most 32'}),
		/** Whose it is; for people. */
		name: Type.String({minLength: 1, maxLength: 100}),
		scopes: Type.Array(Type.Enum(Object.keys(scopes) as Scope[]), {minItems: 1, uniqueItems: true}),
		hash: Type.String({
			pattern: '^sha256:[0-9a-f]{64}$',
			description: '`sha256:` and the hash of the key in hexadecimal digits',
		}),
		rate: Type.Optional(
			Type.String({pattern: ratePattern, description: 'A rate like `100/s`, `30/m` or `5/h`'}),
		),
		/** Ms since the epoch. */
		createdAt: Type.Integer({minimum: 0}),
	},
	{additionalProperties: false},
);

export type KeyEntry = Static<typeof KeyEntrySchema>;

const checkEntries = checker(Type.Array(KeyEntrySchema));

/** The file of keys is not right, or can't be read or written; the message says which, and never what is in it. */
export class KeyFileTrouble extends Error {
	override readonly name = 'KeyFileTrouble';
}

/** Where a node keeps its keys that was told nothing else. */
export const usualKeyFile = (data: string): string => join(data, 'keys.json');

/** What stands in a file; one that is not there has no keys. @throws KeyFileTrouble */
export function readEntries(path: string): KeyEntry[] {
	try {
		return entriesIn(readFileSync(path, 'utf8'), path);
	} catch (error) {
		return unread(error, path);
	}
}

/** The same, for a process that has better things to do than to wait for a disk. */
export async function lookUpEntries(path: string): Promise<KeyEntry[]> {
	try {
		return entriesIn(await readFile(path, 'utf8'), path);
	} catch (error) {
		return unread(error, path);
	}
}

function unread(error: unknown, path: string): KeyEntry[] {
	if (error instanceof KeyFileTrouble) throw error;
	const {code} = error as NodeJS.ErrnoException;
	if (code === 'ENOENT') return [];
	throw new KeyFileTrouble(`${path} can't be read (${code})`);
}

/** @throws KeyFileTrouble */
export function entriesIn(text: string, path: string): KeyEntry[] {
	const checked = checkEntries(contentOf(documentOf(text, path), path));
	// What came instead may be a key that somebody put where its hash belongs.
	if (!checked.ok) {
		throw new KeyFileTrouble(`${path} is not a list of keys: ${checked.why.replace(/, got .*$/s, '')}`);
	}
	const ids = checked.value.map(({id}) => id);
	const twice = ids.find((id, index) => ids.indexOf(id) < index);
	if (twice !== undefined) throw new KeyFileTrouble(`${path} has two keys with the id \`${twice}\``);
	return checked.value;
}

/** @throws KeyFileTrouble for references of YAML that lead nowhere, or to far too much */
function contentOf(document: Document, path: string): unknown {
	try {
		return document.toJS();
	} catch {
		throw new KeyFileTrouble(`${path} has references that can't be followed`);
	}
}

/** Reads YAML, or JSON, which is YAML too. @throws KeyFileTrouble */
export function documentOf(text: string, path: string): Document {
	const document: Document = parseDocument(text, {prettyErrors: false});
	const [wrong] = document.errors;
	if (wrong) throw new KeyFileTrouble(`${path} is neither JSON nor YAML (${wrong.code})`);
	document.contents ??= document.createNode([]);
	return document;
}
