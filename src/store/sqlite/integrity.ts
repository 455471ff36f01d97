// A file is looked through before it is opened to be written, by a connection that can't: closing one that
// can would copy what a killed process left in the log into the file. SQLite keeps no checksums, so what
// can be found is a broken structure (pages that are missing, torn or somebody else's), not a byte that
// was flipped inside a value. Bodies are left out: they are most of the file, and each is looked at when
// it is read.
import {existsSync} from 'node:fs';
import {DatabaseSync} from 'node:sqlite';
import type {Logger} from '#observe/observe.ts';
import {StoreTrouble} from '#store/store.ts';
import {applicationId, ownerOf} from './migrate.ts';
import {damaged, isDamage} from './trouble.ts';

/** As large as there are functions, homes and pools. */
const small = ['migrations', 'homes', 'functions', 'versions', 'counts', 'scales', 'pauses'];
/** As large as there are tasks: some 0.2 s for 100,000. */
const large = ['tasks', 'timers'];

/** Of more tasks than this the start does not wait for a look at each, some 2 s. */
const usualMost = 1_000_000;

const named = "select name from sqlite_schema where type = 'table'";
const countTasks = "select sum(count) as tasks from counts where state = 'accepted'";

/**
 * Looks through the tables that decisions rest on, and changes nothing.
 * @throws StoreTrouble when one of them is damaged; SQLite's error where it says so itself
 */
export function checkIntegrity(log: Logger, path: string, busyMs: number, most = usualMost): void {
	if (!existsSync(path)) return;
	try {
		using db = new DatabaseSync(path, {readOnly: true, timeout: busyMs});
		if (ownerOf(db) === applicationId) look(db, log, path, most);
	} catch (error) {
		// Whatever else keeps a reader out (a change that was interrupted must be undone first, which it can't)
		// is for who opens the file next to mend, or to tell.
		if (error instanceof StoreTrouble || isDamage(error)) throw error;
	}
}

function look(db: DatabaseSync, log: Logger, path: string, most: number): void {
	const there = new Set(
		db
			.prepare(named)
			.all()
			.map(({name}) => name),
	);
	const check = (table: string) => {
		if (!there.has(table)) return;
		const said = String(db.prepare(`pragma quick_check(${table})`).get()?.quick_check);
		// It begins with a heading.
		if (said !== 'ok') throw damaged(path, `table ${table}: ${said.split('\n').at(-1)}`);
	};
	small.forEach(check);
	const tasks = there.has('counts') ? ((db.prepare(countTasks).get()?.tasks as number | null) ?? 0) : 0;
	if (tasks <= most) large.forEach(check);
	else log.info({path, tasks}, 'too many tasks to look through at the start');
}
