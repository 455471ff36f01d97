// Changes to the file of keys. It is replaced as a whole, so that no server reads half of it; its next
// content lies beside it under a name that only one writer can make, which is the lock.
import {
	chownSync,
	closeSync,
	fchmodSync,
	mkdirSync,
	openSync,
	readFileSync,
	realpathSync,
	renameSync,
	rmSync,
	type Stats,
	statSync,
	writeFileSync,
} from 'node:fs';
import {dirname} from 'node:path';
import {type Document, isSeq} from 'yaml';
import {documentOf, entriesIn, type KeyEntry, KeyFileTrouble, readEntries} from './keyFile.ts';

/** Makes the file where it is missing, for its owner alone. @throws KeyFileTrouble */
export function addEntry(path: string, entry: KeyEntry): void {
	mkdirSync(dirname(path), {recursive: true});
	change(path, document => {
		document.add(document.createNode(entry));
		return true;
	});
}

/** False if there is none with this id. @throws KeyFileTrouble */
export function removeEntry(path: string, id: string): boolean {
	if (!readEntries(path).some(one => one.id === id)) return false;
	return change(path, (document, entries) => {
		const index = entries.findIndex(one => one.id === id);
		return index >= 0 && document.delete(index);
	});
}

type Act = (document: Document, entries: readonly KeyEntry[]) => boolean;

function change(given: string, act: Act): boolean {
	let next: string | undefined;
	try {
		const before = statSync(given, {throwIfNoEntry: false});
		const path = before ? realpathSync(given) : given;
		const descriptor = openSync(`${path}.new`, 'wx', 0o600);
		next = `${path}.new`;
		const text = before ? readFileSync(path, 'utf8') : '';
		const document = documentOf(text, path);
		const isChanged = act(document, entriesIn(text, path));
		if (isChanged) {
			writeFileSync(descriptor, textOf(document, path), {flush: true});
			if (before) keepRights(descriptor, next, before);
		}
		closeSync(descriptor);
		if (!isChanged) return false;
		renameSync(next, path);
		next = undefined;
		return true;
	} catch (error) {
		throw troubleOf(error, given);
	} finally {
		if (next !== undefined) rmSync(next, {force: true});
	}
}

/** Whoever could read the list still can: a server that can't would go on with the one it knows. */
function keepRights(descriptor: number, next: string, {uid, gid, mode}: Stats): void {
	const made = statSync(next);
	if (made.uid !== uid || made.gid !== gid) chownSync(next, uid, gid);
	fchmodSync(descriptor, mode & 0o777);
}

function textOf(document: Document, path: string): string {
	if (path.endsWith('.json')) return `${JSON.stringify(document.toJS(), null, '\t')}\n`;
	if (isSeq(document.contents) && document.contents.items.length > 0) document.contents.flow = false;
	return document.toString();
}

function troubleOf(error: unknown, path: string): unknown {
	if (error instanceof KeyFileTrouble) return error;
	const {code} = error as NodeJS.ErrnoException;
	if (code === undefined) return error;
	const says =
		code === 'EEXIST'
			? `${path}.new is there: another command changes the keys, or one was killed; if so, remove that file`
			: `${path} can't be changed (${code})`;
	return new KeyFileTrouble(says);
}
