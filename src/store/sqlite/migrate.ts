import type {DatabaseSync} from 'node:sqlite';
import type {Clock} from '#lib/clock.ts';
import {type Applied, checksum, type Migration, missingSteps} from '#store/ledger.ts';
import {unavailable} from '#store/unavailable.ts';
import {createTransact} from './database.ts';

/** "WRRN": says in the file's header whose it is. */
export const applicationId = 0x57_52_52_4e;

const createLedger = `create table if not exists migrations(
	number integer primary key,
	name text not null,
	checksum text not null,
	applied_at integer not null
)`;
const readLedger = 'select number, name, checksum from migrations order by number';
const record = 'insert into migrations(number, name, checksum, applied_at) values(?, ?, ?, ?)';

/**
 * Brings a file to the newest shape, in one transaction; two processes may do it at once.
 * @throws StoreTrouble when the file is newer than this program, or was made by steps that differ from ours
 */
export function migrate(db: DatabaseSync, path: string, clock: Clock, steps: readonly Migration[]): number {
	return createTransact(db)(() => {
		db.exec(createLedger);
		const applied = db.prepare(readLedger).all() as Applied[];
		const missing = missingSteps(applied, steps, path);
		for (const [index, step] of missing.entries()) {
			db.exec(step.sql);
			db.prepare(record).run(applied.length + index + 1, step.name, checksum(step), clock.now());
		}
		if (missing.length > 0) db.exec(`pragma application_id = ${applicationId}`);
		return missing.length;
	});
}

/** @throws StoreTrouble when the file belongs to another program; it was not touched then */
export function checkOwner(db: DatabaseSync, path: string): void {
	if (ownerOf(db) === applicationId) return;
	const tables = db.prepare("select name from sqlite_schema where type = 'table' limit 1").get();
	if (tables)
		throw unavailable(`${path} is a database of another program: name another file in \`store.url\``);
}

export const ownerOf = (db: DatabaseSync): number =>
	(db.prepare('pragma application_id').get() as {application_id: number}).application_id;
