// What keeps a store from being written while its node runs, caused for real. Two of them need rights that not every
// machine gives. Where those lack, SQLite itself is made to refuse in the same way, which is told as a gap; a thorough
// run does both.
import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {existsSync} from 'node:fs';
import {chmod, mkdtemp, open, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import process from 'node:process';
import type {ExecutionContext} from 'ava';
import {allow, type Denial, deny} from '../chaos/denial.ts';
import {isGranted, mounts, openVolume, runs} from '../chaos/volume.ts';
import {noteGap} from '../harness/gaps.ts';
import {isThorough} from '../harness/thorough.ts';

export type StoreTrouble = {
	readonly what: string;
	/** What the reason that callers are given must name. */
	readonly says: RegExp;
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
async function smallDisk(t: ExecutionContext) {
	const volume = await openVolume(await folder(t), true, 16);
	t.teardown(() => volume.close());
	return volume;
}

const canMount = await tried(async path => (await mounts(path, 1)) && runs('umount', ['-l', path]));

/** What may not be changed can't be written by whoever has it open either: so on ext4, not on every disk. */
const canFreeze = await tried(async path => {
	if (!isGranted) return false;
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

const noRoom = /no room left on its disk.*free some space/;
const readOnly = /is read-only.*writable/;

const fullDisk: StoreTrouble = {
	what: 'a full disk',
	says: noRoom,
	async make(t) {
		const volume = await smallDisk(t);
		return {folder: volume.folder, begin: () => volume.fill(), end: () => volume.free()};
	},
};

const lock: StoreTrouble = {
	what: 'a lock of another process',
	says: /locked by another process.*stop whatever else writes to it/,
	async make(t) {
		const path = await folder(t);
		const locker = await openLocker(t, join(path, 'warren.db'));
		return {folder: path, begin: () => locker('begin immediate'), end: () => locker('rollback')};
	},
};

const frozenFile: StoreTrouble = {
	what: 'a file that may not be written any more',
	says: readOnly,
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
};

/** SQLite refuses by itself, in the process of the node. */
const denied = (what: string, says: RegExp, denial: Denial): StoreTrouble => ({
	what,
	says,
	async make(t) {
		const path = await folder(t);
		return {folder: path, begin: () => deny(path, denial), end: () => allow(path, denial)};
	},
});
const noGrowth = denied('a file that may not grow', noRoom, 'full');
const onlyReads = denied('a connection that may only read', readOnly, 'readOnly');

if (!canMount)
	await noteGap('a full disk under a node: its file could not grow instead, as none may be mounted');
if (!canFreeze) await noteGap('a frozen file: a connection could only read instead, as none may be frozen');

export const storeTroubles: readonly StoreTrouble[] = [
	...(canMount ? [fullDisk] : []),
	...(!canMount || isThorough ? [noGrowth] : []),
	lock,
	...(canFreeze ? [frozenFile] : []),
	...(!canFreeze || isThorough ? [onlyReads] : []),
];

/** A folder that nobody may write to meanwhile. Not where whoever runs this may write everywhere, and mount nothing. */
export const sealed = canMount ? onDisk : withoutRights;
export const canSeal = canMount || process.getuid?.() !== 0;
if (!canSeal) await noteGap('a disk that is read-only at the start: not tried, as none may be mounted');

async function onDisk(t: ExecutionContext): Promise<Switch> {
	const {folder: path} = await smallDisk(t);
	const remount = async (how: string) => {
		if (!(await runs('mount', ['-o', `remount,${how}`, path]))) throw new Error(`It is not mounted ${how}`);
	};
	return {folder: path, begin: () => remount('ro'), end: () => remount('rw')};
}

async function withoutRights(t: ExecutionContext): Promise<Switch> {
	const path = await folder(t);
	const all = async (own: number, files: number) => {
		await chmod(join(path, 'warren.db'), files);
		await chmod(path, own);
	};
	t.teardown(() => chmod(path, 0o755));
	return {folder: path, begin: () => all(0o555, 0o444), end: () => all(0o755, 0o644)};
}

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
