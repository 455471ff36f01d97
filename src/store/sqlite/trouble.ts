import {unavailable} from '#store/unavailable.ts';

// SQLite's primary result codes (sqlite.org/rescode.html) that say something about the world, not
// about our statements, and what a person can do about each.
const remedies: Readonly<Record<number, {readonly says: string; readonly todo: string}>> = {
	5: {says: 'is locked by another process', todo: 'stop whatever else writes to it, then try again'},
	6: {says: 'is locked by another connection', todo: 'stop whatever else writes to it, then try again'},
	8: {says: 'is read-only', todo: 'make the file and its folder writable for this user'},
	10: {says: 'cannot be read or written', todo: 'look at the disk and the system log'},
	11: {says: 'is damaged', todo: 'restore it from a backup; `sqlite3 FILE .recover` may save the rest'},
	13: {says: 'has no room left on its disk', todo: 'free some space, or lower `store.retention`'},
	14: {says: 'cannot be opened', todo: 'make the file and its folder writable for this user'},
	26: {says: 'is not a SQLite database', todo: 'name another file in `store.url`'},
};

type SqliteError = Error & {readonly code: string; readonly errcode?: number};

const isSqliteError = (error: unknown): error is SqliteError => error instanceof Error && 'code' in error;

/** What a caller may be told of an error of the database; errors that are bugs stay as they are. */
export function asTrouble(path: string, error: unknown): unknown {
	if (!isSqliteError(error)) return error;
	if (error.code === 'ERR_INVALID_STATE') {
		return unavailable(`The store ${path} is closed`, error);
	}
	if (error.code !== 'ERR_SQLITE_ERROR') return error;
	// The low byte is the primary code, the rest tells variants apart.
	const remedy = remedies[(error.errcode ?? 0) & 0xff];
	if (!remedy) return error;
	return unavailable(`The store ${path} ${remedy.says} (${error.message}): ${remedy.todo}`, error);
}
