// Somebody writes to the database by hand, past the store: rows that vanish, counts that nobody kept.
import {DatabaseSync} from 'node:sqlite';
import {ask, partsOf} from './postgres.ts';

export async function tamperSqlite(path: string, sql: string): Promise<void> {
	const db = new DatabaseSync(path, {timeout: 5000});
	try {
		db.exec(sql);
	} finally {
		db.close();
	}
}

/** @param url of a store */
export async function tamperPostgres(url: string, sql: string): Promise<void> {
	const {server, schema} = partsOf(url);
	await ask(server, `set search_path to ${schema}; ${sql}`);
}
