import {createHash} from 'node:crypto';
import type {DatabaseSync} from 'node:sqlite';
import type {Clock} from '#lib/clock.ts';
import {createTransact} from './database.ts';
import type {Migration} from './schema.ts';
import {trouble} from './trouble.ts';

/** "WRRN": says in the file's header whose it is. */
const applicationId = 0x57_52_52_4e;

const createLedger = `create table if not exists migrations(
	number integer primary key,
	name text not null,
	checksum text not null,
	applied_at integer not null
)`;
const readLedger = 'select number, name, checksum from migrations order by number';
const record = 'insert into migrations(number, name, checksum, applied_at) values(?, ?, ?, ?)';

type Applied = {readonly number: number; readonly name: string; readonly checksum: string};

/**
 * Brings a file to the newest shape, in one transaction; two processes may do it at once.
 * @throws StoreTrouble when the file is newer than this program, or was made by steps that differ from ours
 */
export function migrate(db: DatabaseSync, path: string, clock: Clock, steps: readonly Migration[]): number {
	return createTransact(db)(() => {
		db.exec(createLedger);
		const applied = db.prepare(readLedger).all() as Applied[];
		checkLedger(applied, path, steps);
		const missing = steps.slice(applied.length);
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
	const owner = db.prepare('pragma application_id').get() as {application_id: number};
	if (owner.application_id === applicationId) return;
	const tables = db.prepare("select name from sqlite_schema where type = 'table' limit 1").get();
	if (tables) throw trouble(`${path} is a database of another program: name another file in \`store.url\``);
}

function checkLedger(applied: readonly Applied[], path: string, steps: readonly Migration[]): void {
	for (const {number, name, checksum: found} of applied) {
		const step = steps[number - 1];
		if (!step) {
			throw trouble(
				`${path} was written by a newer Warren: it has migration ${number} (${name}), this one knows ` +
					`${steps.length}. Start a Warren that knows it, or name another file in \`store.url\``,
			);
		}
		if (found !== checksum(step)) {
			throw trouble(
				`${path} was made by a Warren whose migration ${number} (${name}) differs from this one's ` +
					`(${found} there, ${checksum(step)} here): start the Warren that made it`,
			);
		}
	}
}

const checksum = (step: Migration): string =>
	createHash('sha256').update(step.sql).digest('hex').slice(0, 16);
