// What keeps a store from being written while its node runs, caused for real. Two of the three need rights
// that not every machine gives; `isPossible` says whether this one does.
import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {existsSync} from 'node:fs';
import {mkdtemp, open, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import process from 'node:process';
import type {ExecutionContext} from 'ava';
import {openVolume, runs} from '../chaos/volume.ts';

export type StoreTrouble = {
	readonly what: string;
	/** What the reason that callers are given must name. */
	readonly says: RegExp;
	readonly isPossible: boolean;
	/** The folder to keep a store in, `warren.db`, and the switch of its trouble. */
	readonly make: (t: ExecutionContext) => Promise<Switch>;
};

export type Switch = {
	readonly folder: string;
	begin(): Promise<void>;
	end(): Promise<void>;
};

export async function folder(t: ExecutionContext): Promise<string> {
	const path = await mkdtemp(join(tmpdir(), 'warren-trouble-'));
	t.teardown(() => rm(path, {recursive: true, force: true}));
	return path;
}

/** A disk of its own, of 16 MB. Only where `canMount`. */
export async function smallDisk(t: ExecutionContext) {
	const volume = await openVolume(await folder(t), true, 16);
	t.teardown(() => volume.close());
	return volume;
}

export const canMount = await tried(async path => {
	const volume = await openVolume(path, true, 1);
	await volume.close();
	return volume.kind === 'tmpfs';
});

/** What may not be changed can't be written by whoever has it open either: so on ext4, not on every disk. */
const canFreeze = await tried(async path => {
	const file = join(path, 'file');
	await writeFile(file, '');
	const handle = await open(file, 'r+');
	if (!(await runs('chattr', ['+i', file]))) return handle.close().then(() => false);
	const refused = await handle.write('x').then(
		() => false,
		() => true,
	);
	await handle.close();
	await runs('chattr', ['-i', file]);
	return refused;
});

export const storeTroubles: readonly StoreTrouble[] = [
	{
		what: 'a full disk',
		says: /no room left on its disk.*free some space/,
		isPossible: canMount,
		async make(t) {
			const volume = await smallDisk(t);
			return {folder: volume.folder, begin: () => volume.fill(), end: () => volume.free()};
		},
	},
	{
		what: 'a lock of another process',
		says: /locked by another process.*stop whatever else writes to it/,
		isPossible: true,
		async make(t) {
			const path = await folder(t);
			const locker = await openLocker(t, join(path, 'warren.db'));
			return {folder: path, begin: () => locker('begin immediate'), end: () => locker('rollback')};
		},
	},
	{
		what: 'a file that may not be written any more',
		says: /is read-only.*writable/,
		isPossible: canFreeze,
		async make(t) {
			const path = await folder(t);
			// Not the third, `-shm`: it is in the memory of whoever has it open, and is no part of what is kept.
			const files = ['', '-wal'].map(end => join(path, `warren.db${end}`));
			const all = async (flag: string) => {
				await runs('chattr', [flag, ...files.filter(file => existsSync(file))]);
			};
			t.teardown(() => all('-i'));
			return {folder: path, begin: () => all('+i'), end: () => all('-i')};
		},
	},
];

const locking = `import {createInterface} from 'node:readline';
import {DatabaseSync} from 'node:sqlite';
let db;
for await (const sql of createInterface({input: process.stdin})) {
	db ??= new DatabaseSync(process.argv[1], {timeout: 10_000});
	db.exec(sql);
	console.log('done');
}`;

/** A process that says each statement to the file. */
async function openLocker(t: ExecutionContext, file: string): Promise<(sql: string) => Promise<void>> {
	const child = spawn(process.execPath, ['--input-type=module', '--eval', locking, file], {
		stdio: ['pipe', 'pipe', 'inherit'],
	});
	await once(child, 'spawn');
	const ended = once(child, 'exit');
	t.teardown(async () => {
		child.kill('SIGKILL');
		await ended;
	});
	return async sql => {
		child.stdin.write(`${sql}\n`);
		await once(child.stdout, 'data');
	};
}

async function tried(attempt: (path: string) => Promise<boolean>): Promise<boolean> {
	const path = await mkdtemp(join(tmpdir(), 'warren-tried-'));
	try {
		return await attempt(path);
	} finally {
		await rm(path, {recursive: true, force: true});
	}
}
