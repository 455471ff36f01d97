// The disk under the store. A small one of its own can be filled to the last byte: a tmpfs, which only
// root may mount. Where it can't be mounted the store is kept from writing by a lock on its file, which is
// another trouble of the same kind; `kind` says which it is.
import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {mkdir, rm, statfs, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {DatabaseSync} from 'node:sqlite';

export type Volume = {
	readonly folder: string;
	readonly kind: 'disk' | 'tmpfs';
	/** From now on the store can't commit. */
	fill(): Promise<void>;
	/** There is room again. */
	free(): Promise<void>;
	close(): Promise<void>;
};

/** @param small asks for a disk of its own; without the right to mount it is a folder like any other */
export async function openVolume(folder: string, small: boolean, sizeMb = 256): Promise<Volume> {
	await mkdir(folder, {recursive: true});
	const isMounted = small && (await runs('mount', ['-t', 'tmpfs', '-o', `size=${sizeMb}m`, 'tmpfs', folder]));
	return isMounted ? tmpfs(folder) : plain(folder);
}

function tmpfs(folder: string): Volume {
	const ballast = join(folder, 'ballast');
	return {
		folder,
		kind: 'tmpfs',
		async fill() {
			const {bavail, bsize} = await statfs(folder);
			const most = Buffer.alloc(Number(bavail) * Number(bsize));
			// What is written meanwhile by the store makes the last of it fail: full is full.
			await writeFile(ballast, most).catch(() => {});
		},
		free: () => rm(ballast, {force: true}),
		async close() {
			await runs('umount', ['-l', folder]);
		},
	};
}

function plain(folder: string): Volume {
	let lock: DatabaseSync | undefined;
	const free = async () => {
		lock?.close();
		lock = undefined;
	};
	return {
		folder,
		kind: 'disk',
		async fill() {
			lock = new DatabaseSync(join(folder, 'warren.db'), {timeout: 2000});
			lock.exec('begin immediate');
		},
		free,
		close: free,
	};
}

/** Whether a command did what it was asked for. */
export async function runs(command: string, args: readonly string[]): Promise<boolean> {
	const child = spawn(command, args, {stdio: 'ignore'});
	const failed = once(child, 'error').then(() => false);
	return Promise.race([once(child, 'exit').then(([code]) => code === 0), failed]);
}
