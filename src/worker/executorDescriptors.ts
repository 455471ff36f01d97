import {readdirSync, readFileSync} from 'node:fs';

/** As the kernel writes it in the flags of /proc/self/fdinfo. */
const closeOnExec = 0o2_000_000;

/**
 * The descriptors that a child would inherit, beyond its standard three: Node closes all that it opens
 * itself, but not what its own parent left open to it. Where there is no /proc, none are known.
 */
export function strayDescriptors(): number[] {
	try {
		const open = readdirSync('/proc/self/fd').map(Number);
		return open.filter(fd => fd > 2 && isInherited(fd));
	} catch {
		return [];
	}
}

function isInherited(fd: number): boolean {
	try {
		const flags = /^flags:\s+([0-7]+)$/m.exec(readFileSync(`/proc/self/fdinfo/${fd}`, 'latin1'))?.[1];
		return flags !== undefined && (Number.parseInt(flags, 8) & closeOnExec) === 0;
	} catch {
		// The one that listed them is closed by now.
		return false;
	}
}
