import {accessSync, constants} from 'node:fs';
import type {StoreTrouble} from '#store/store.ts';
import {unavailable} from '#store/unavailable.ts';

const codes = {busy: 5, readOnly: 8, inputOutput: 10, corrupt: 11, noDatabase: 26} as const;

type Remedy = {readonly says: string; readonly todo: string};

const damage: Remedy = {
	says: 'is damaged',
	todo: 'with this node stopped, restore it from a backup; `sqlite3 FILE .recover` may save the rest',
};

// SQLite's primary result codes (sqlite.org/rescode.html) that say something about the world, not
// about our statements, and what a person can do about each.
const remedies: Readonly<Record<number, Remedy>> = {
	5: {says: 'is locked by another process', todo: 'stop whatever else writes to it, then try again'},
	6: {says: 'is locked by another connection', todo: 'stop whatever else writes to it, then try again'},
	8: {says: 'is read-only', todo: 'make the file and its folder writable for this user'},
	10: {says: 'cannot be read or written', todo: 'look at the disk and the system log'},
	11: damage,
	13: {says: 'has no room left on its disk', todo: 'free some space, or lower `store.retention`'},
	14: {says: 'cannot be opened', todo: 'make the file and its folder writable for this user'},
	26: {says: 'is not a SQLite database', todo: 'name another file in `store.url`'},
};

type SqliteError = Error & {readonly code: string; readonly errcode?: number};

const isSqliteError = (error: unknown): error is SqliteError => error instanceof Error && 'code' in error;

/** The primary code of an error of SQLite's: the low byte, the rest tells variants apart. */
function codeOf(error: unknown): number | undefined {
	if (!isSqliteError(error) || error.code !== 'ERR_SQLITE_ERROR') return undefined;
	return (error.errcode ?? 0) & 0xff;
}

export const isBusy = (error: unknown): boolean => codeOf(error) === codes.busy;

export function isDamage(error: unknown): boolean {
	const code = codeOf(error);
	return code === codes.corrupt || code === codes.noDatabase;
}

/** What a caller may be told of an error of the database; errors that are bugs stay as they are. */
export function asTrouble(path: string, error: unknown): unknown {
	if (!isSqliteError(error)) return error;
	if (error.code === 'ERR_INVALID_STATE') {
		return unavailable(`The store ${path} is closed`, error);
	}
	const found = codeOf(error);
	if (found === undefined) return error;
	const code = found === codes.inputOutput && isReadOnly(path) ? codes.readOnly : found;
	const remedy = remedies[code];
	return remedy ? trouble(path, remedy, error.message, error) : error;
}

export const damaged = (path: string, said: string): StoreTrouble => trouble(path, damage, said);

function trouble(path: string, {says, todo}: Remedy, said: string, cause?: unknown): StoreTrouble {
	return unavailable(`The store ${path} ${says} (${said}): ${todo}`, cause);
}

/** A disk that became read-only under an open file is an I/O error to SQLite, like any other. */
function isReadOnly(path: string): boolean {
	try {
		accessSync(path, constants.W_OK);
		return false;
	} catch (error) {
		return error instanceof Error && 'code' in error && /^(?:EROFS|EPERM|EACCES)$/.test(String(error.code));
	}
}
