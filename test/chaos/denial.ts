// Keeps a SQLite store from being written where no disk can be mounted and no file be frozen. The limits are
// SQLite's own, and a connection's own: only the process that has it can set them. So this is loaded into a node's
// process (`--import`, or by the test whose process is the node's). While a file of one of these names lies beside a
// database, its connections are limited from their next transaction on, and SQLite answers as it does for a disk.
import {existsSync} from 'node:fs';
import {rm, writeFile} from 'node:fs/promises';
import {dirname, join} from 'node:path';
import {DatabaseSync, type StatementSync} from 'node:sqlite';

/** `full`: the file takes no page more than it has, whatever is free within (SQLITE_FULL). `readOnly`: SQLITE_READONLY. */
const denials = {
	full: {on: 'pragma max_page_count = 1', off: 'pragma max_page_count = 4294967294'},
	readOnly: {on: 'pragma query_only = on', off: 'pragma query_only = off'},
} as const;

export type Denial = keyof typeof denials;

const fileOf = (folder: string, denial: Denial) => join(folder, `denied-${denial}`);

export const deny = (folder: string, denial: Denial) => writeFile(fileOf(folder, denial), '');
export const allow = (folder: string, denial: Denial) => rm(fileOf(folder, denial), {force: true});

/** How a write begins. */
const beginning = 'begin immediate';

function obey(db: DatabaseSync): () => void {
	const folder = dirname(db.location() ?? '');
	const denied = new Set<Denial>();
	return () => {
		for (const [name, {on, off}] of Object.entries(denials) as [Denial, (typeof denials)[Denial]][]) {
			const isDenied = existsSync(fileOf(folder, name));
			if (isDenied === denied.has(name)) continue;
			db.exec(isDenied ? on : off);
			denied[isDenied ? 'add' : 'delete'](name);
		}
	};
}

type Prepare = (this: DatabaseSync, ...given: Parameters<DatabaseSync['prepare']>) => StatementSync;
const prepare = Reflect.get(DatabaseSync.prototype, 'prepare') as Prepare;

DatabaseSync.prototype.prepare = function (this: DatabaseSync, ...given): StatementSync {
	const statement = prepare.apply(this, given);
	if (given[0] !== beginning) return statement;
	const look = obey(this);
	const run = statement.run.bind(statement);
	statement.run = () => {
		look();
		return run();
	};
	return statement;
};
