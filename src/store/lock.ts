// One node per data folder. The lock is an exclusive transaction that stays open on a tiny SQLite
// file: the operating system drops it with the process, however that ends, so a `kill -9` leaves
// nothing to clean up, and a pid that was given to somebody else can't fool us. While it is held
// nobody can read that file, so the holder's pid is kept in a plain file beside it; it only serves
// the message, and may be missing for a moment.
import {mkdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {join, resolve} from 'node:path';
import {DatabaseSync} from 'node:sqlite';

export type FolderLock = {
	/** Lets the next one in. May be called twice. */
	release(): void;
};

/** Somebody else works in this folder. */
export class FolderTaken extends Error {
	override readonly name = 'FolderTaken';
	readonly folder: string;
	/** Who holds it; undefined when it could not be read. */
	readonly pid: number | undefined;

	constructor(folder: string, pid: number | undefined) {
		super(
			`The data folder ${folder} is in use by ${pid === undefined ? 'another process' : `process ${pid}`}: ` +
				'stop it, or give this node a folder of its own with `node.data`',
		);
		this.folder = folder;
		this.pid = pid;
	}
}

/** SQLite's codes for "locked by somebody else". */
const busyCodes = [5, 6];

/**
 * Takes a data folder for this process, making it where it is missing.
 * @throws FolderTaken when another process (or this one) holds it
 */
export function lockFolder(path: string): FolderLock {
	const folder = resolve(path);
	mkdirSync(folder, {recursive: true});
	const pidFile = join(folder, 'warren.pid');
	const db = new DatabaseSync(join(folder, 'warren.lock'), {timeout: 0});
	try {
		db.exec('begin exclusive');
	} catch (error) {
		db.close();
		if (isBusy(error)) throw new FolderTaken(folder, readPid(pidFile));
		throw error;
	}
	writeFileSync(pidFile, `${process.pid}\n`);
	return {
		release() {
			if (!db.isOpen) return;
			rmSync(pidFile, {force: true});
			db.close();
		},
	};
}

function isBusy(error: unknown): boolean {
	if (!(error instanceof Error && 'errcode' in error)) return false;
	return busyCodes.includes(Number(error.errcode) & 0xff);
}

function readPid(file: string): number | undefined {
	try {
		const pid = Number(readFileSync(file, 'utf8'));
		return Number.isInteger(pid) && pid > 0 ? pid : undefined;
	} catch {
		return undefined;
	}
}
