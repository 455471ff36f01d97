import {mkdirSync} from 'node:fs';
import {dirname} from 'node:path';
import {DatabaseSync} from 'node:sqlite';
import {isBusy} from './trouble.ts';

/** Opens the file and changes nothing in it yet. */
export function openDatabase(path: string, busyMs: number): DatabaseSync {
	if (path !== ':memory:') mkdirSync(dirname(path), {recursive: true});
	return new DatabaseSync(path, {timeout: busyMs, enableForeignKeyConstraints: false});
}

/** For reads beside the commits of another connection. */
export const openReader = (path: string, busyMs: number): DatabaseSync =>
	new DatabaseSync(path, {timeout: busyMs, readOnly: true});

/**
 * The settings that the guarantees rest on. `synchronous = full` makes every commit wait for the
 * disk: in WAL mode anything less may lose the last commits when the power goes.
 */
export const tune = (db: DatabaseSync): void => db.exec(settings);

// A checkpoint copies the log into the file in the middle of somebody's commit. 16,000 pages of 4 KiB
// make it rare (at 10 KB a body, a larger log halved the 99th percentile of a commit) and keep the
// log under about 64 MiB, which a restart reads in well under a second.
const settings = `
	pragma journal_mode = wal;
	pragma synchronous = full;
	pragma wal_autocheckpoint = 16000;
	pragma journal_size_limit = 67108864;
	pragma cache_size = -65536;
	pragma temp_store = memory;
`;

/** Runs one transaction: all of it or, when `work` throws, nothing. */
export type Transact = <T>(work: () => T) => T;

export function createTransact(db: DatabaseSync): Transact {
	// `immediate` takes the write lock at once: a transaction that only finds out later that somebody
	// else writes could not wait for him any more, it would have to start again.
	const begin = prepareBegin(db);
	const commit = db.prepare('commit');
	const rollback = db.prepare('rollback');
	return work => {
		begin.run();
		try {
			const result = work();
			commit.run();
			return result;
		} catch (error) {
			// After some errors (a full disk) SQLite has rolled back by itself.
			if (db.isTransaction) rollback.run();
			throw error;
		}
	};
}

/** A wait holds the event loop: a lock that outlasted one is asked for without another until it is gone. */
function prepareBegin(db: DatabaseSync): {run(): void} {
	const begin = db.prepare('begin immediate');
	const {timeout: busyMs} = db.prepare('pragma busy_timeout').get() as {timeout: number};
	let now = busyMs;
	const patience = (ms: number) => {
		if (ms !== now) db.exec(`pragma busy_timeout = ${ms}`);
		now = ms;
	};
	return {
		run() {
			try {
				begin.run();
			} catch (error) {
				if (isBusy(error)) patience(0);
				throw error;
			}
			patience(busyMs);
		},
	};
}
