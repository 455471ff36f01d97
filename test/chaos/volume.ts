// The disk under the store. A small one of its own can be filled to the last byte: a tmpfs, which only
// root may mount. Where it can't be mounted the file of the store is kept from growing instead, within the
// process of its node: `kind` says which it is, and the run tells it as a gap.
import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {mkdir, rm, statfs, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import process from 'node:process';
import {noteGap} from '../harness/gaps.ts';
import {allow, deny} from './denial.ts';

export type Volume = {
	readonly folder: string;
	/** `disk`: the one that is there, and never full. */
	readonly kind: 'disk' | 'tmpfs' | 'pages';
	/** What Node must be told before a node whose store is here can be denied something. */
	readonly flags: readonly string[];
	/** From now on the store has no room. */
	fill(): Promise<void>;
	/** There is room again. */
	free(): Promise<void>;
	close(): Promise<void>;
};

/** False: what needs the right to mount, or to freeze a file, is done as where there is none. */
export const isGranted = process.env.WARREN_TEST_NO_MOUNT !== '1';

/** @param small asks for a disk of its own; without the right to mount it is a folder like any other */
export async function openVolume(folder: string, small: boolean, sizeMb = 256): Promise<Volume> {
	await mkdir(folder, {recursive: true});
	if (!small) return {...pages(folder), kind: 'disk', flags: []};
	if (await mounts(folder, sizeMb)) return tmpfs(folder);
	await noteGap(
		'a full disk under load: the file of the store could not grow instead, as none may be mounted',
	);
	return pages(folder);
}

/** Whether there is a small disk in this folder now. */
export async function mounts(folder: string, sizeMb: number): Promise<boolean> {
	return isGranted && runs('mount', ['-t', 'tmpfs', '-o', `size=${sizeMb}m`, 'tmpfs', folder]);
}

function tmpfs(folder: string): Volume {
	const ballast = join(folder, 'ballast');
	return {
		folder,
		kind: 'tmpfs',
		flags: [],
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

const pages = (folder: string): Volume => ({
	folder,
	kind: 'pages',
	flags: [`--import=${new URL('denial.ts', import.meta.url).href}`],
	fill: () => deny(folder, 'full'),
	free: () => allow(folder, 'full'),
	close: () => allow(folder, 'full'),
});

/** Whether a command did what it was asked for. */
export async function runs(command: string, args: readonly string[]): Promise<boolean> {
	const child = spawn(command, args, {stdio: 'ignore'});
	const failed = once(child, 'error').then(() => false);
	return Promise.race([once(child, 'exit').then(([code]) => code === 0), failed]);
}
