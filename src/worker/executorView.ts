import {existsSync, realpathSync} from 'node:fs';
import {dirname, sep} from 'node:path';
import type {Program} from './executorProgram.ts';

/** Where the view is put together, in a mount namespace of its own: nothing that we need lies below. */
export const viewRoot = '/sys';

/** `setpriv` inside the view. */
export const viewSetpriv = '/setpriv';

const libraries = ['/lib', '/lib64', '/usr/lib', '/usr/lib64'];

/**
 * Shell commands that make a root of which the executor sees nothing but its program, Node and the
 * system's libraries, all read-only: no `/proc`, no `/etc`, no `/dev`, no home, no shell. It takes a
 * mount namespace and the right to mount in it. One `mount -a` for all, since each process that is
 * started for it costs an executor's start a millisecond.
 */
export function viewScript({folders: own, files}: Program, setpriv: string): string[] {
	const folders = [...systemLibraries(), ...own];
	const node = process.execPath;
	const single = [...files, ...(isInside(node, folders) ? [] : [node])];
	const targets = [...folders, ...single.map(dirname)].map(path => quote(`.${path}`));
	const binds = [...folders, ...single].map(path => bind(path, viewRoot + path));
	const lines = [...binds, bind(setpriv, viewRoot + viewSetpriv)].map(quote).join(' ');
	return [
		`mount -t tmpfs -o size=256k,mode=755,nosuid,nodev,noexec view ${viewRoot}`,
		`cd ${viewRoot}`,
		`mkdir -p ${targets.join(' ')}`,
		...[...single, viewSetpriv].map(path => `: > ${quote(`.${path}`)}`),
		`printf '%s\\n' ${lines} > fstab`,
		'mount -a -T fstab',
		`mount -o remount,bind,ro ${viewRoot}`,
	];
}

/** Where `/lib` is a link into `/usr`, one of the two will do. */
function systemLibraries(): string[] {
	const there = libraries.filter(path => existsSync(path));
	const real = there.map(path => realpathSync(path));
	return there.filter((_, at) => real.indexOf(real[at] ?? '') === at);
}

const isInside = (path: string, folders: readonly string[]): boolean =>
	folders.some(folder => path.startsWith(folder + sep));

const bind = (from: string, to: string): string =>
	`${octal(from)} ${octal(to)} none bind,ro,nosuid,nodev 0 0`;

/** As fstab wants what would end a word. */
const octal = (path: string): string =>
	path.replaceAll(/[\s\\#]/g, sign => `\\${sign.charCodeAt(0).toString(8).padStart(3, '0')}`);

const quote = (text: string): string => `'${text.replaceAll("'", String.raw`'\''`)}'`;
