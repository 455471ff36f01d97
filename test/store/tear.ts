// Damage to a SQLite file that nobody has open.
import {readFile, writeFile} from 'node:fs/promises';
import {DatabaseSync} from 'node:sqlite';

export const pageBytes = 4096;

/** Makes noise of the first page of a table. */
export async function tear(path: string, table: string): Promise<void> {
	const db = new DatabaseSync(path, {readOnly: true});
	const row = db.prepare('select rootpage from sqlite_schema where name = ?').get(table);
	db.close();
	const at = (row as {rootpage: number}).rootpage * pageBytes;
	const bytes = await readFile(path);
	await writeFile(path, bytes.fill(0xee, at - pageBytes, at));
}

/** Breaks a body of several pages that holds nothing but this letter: each begins with the number of the next. */
export async function tearBody(path: string, letter: string): Promise<void> {
	const bytes = await readFile(path);
	const page = bytes.indexOf(letter.repeat(pageBytes - 4)) - 4;
	if (page < 0) throw new Error(`Expected a body of many ${letter} in ${path}, found none`);
	bytes.writeUInt32BE(0xffff, page);
	await writeFile(path, bytes);
}
