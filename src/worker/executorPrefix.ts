import {existsSync, readFileSync} from 'node:fs';
import type {Program} from './executorProgram.ts';
import {viewRoot, viewScript, viewSetpriv} from './executorView.ts';

export type Wall =
	/** No capabilities, none to be had (`no_new_privs`), and death with the worker, whatever state it is in. */
	| 'privileges'
	/** A user of their own, who owns nothing. */
	| 'user'
	/** No network but their own, in which there is nothing; no shared memory of others. */
	| 'network'
	/** They see their own program and the system's libraries, read-only, and no other file. */
	| 'files'
	/** Resident memory is watched, and who passes the limit is killed. */
	| 'memory';

/**
 * The command before Node that raises those walls that `holds` names; each part becomes the next one, so
 * that the process that was started is the executor in the end.
 */
export function prefixOf(program: Program, user: number, holds: (wall: Wall) => boolean): string[] {
	const [unshare, setpriv] = [pathOf('unshare') ?? '', pathOf('setpriv') ?? ''];
	const spaces = [...(holds('network') ? ['--net', '--ipc'] : []), ...(holds('files') ? ['--mount'] : [])];
	// Whoever is not root needs a user namespace to make the others in.
	const inside = spaces.length === 0 || isRoot() ? [] : ['--user', '--map-root-user'];
	const drop = [
		...(holds('user') ? [`--reuid=${user}`, `--regid=${user}`, '--clear-groups'] : []),
		...(holds('privileges')
			? ['--no-new-privs', '--pdeathsig=KILL', '--inh-caps=-all', '--ambient-caps=-all']
			: []),
		// In a new user namespace one may; else it takes a right of its own.
		...(holds('privileges') && (canDrop() || inside.length > 0) ? ['--bounding-set=-all'] : []),
	];
	const exec = holds('files') ? ['chroot', viewRoot, viewSetpriv] : [setpriv];
	const script = [
		'set -e',
		'PATH=/usr/sbin:/usr/bin:/sbin:/bin',
		...(holds('files') ? viewScript(program, setpriv) : []),
		// No core files, and no other: a pipe is none.
		'ulimit -c 0',
		'ulimit -f 0',
		'cd /',
		'unset PWD OLDPWD SHLVL',
		`exec ${[...exec, ...drop].join(' ')} "$@"`,
	];
	return [
		...(spaces.length > 0 ? [unshare, ...inside, ...spaces] : []),
		'/bin/sh',
		'-c',
		script.join('\n'),
		'sh',
	];
}

export const isRoot = (): boolean => process.geteuid?.() === 0;

export const pathOf = (tool: string): string | undefined =>
	['/usr/bin', '/bin', '/usr/sbin', '/sbin']
		.map(folder => `${folder}/${tool}`)
		.find(path => existsSync(path));

const setpcap = 1n << 8n;

/** The capabilities that this process has, as bits. */
export function capabilities(): bigint {
	const effective = /^CapEff:\s+([0-9a-f]+)$/m.exec(readFileSync('/proc/self/status', 'latin1'))?.[1];
	return BigInt(`0x${effective ?? '0'}`);
}

/** It may give up for good what its children could get back. */
export const canDrop = (): boolean => (capabilities() & setpcap) !== 0n;
