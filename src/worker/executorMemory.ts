import {readFileSync} from 'node:fs';

/** The resident memory of a process in bytes; undefined where the system does not say (no /proc). */
export function residentBytes(pid: number): number | undefined {
	try {
		const status = readFileSync(`/proc/${pid}/status`, 'latin1');
		const kilobytes = /^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1];
		return kilobytes === undefined ? undefined : Number(kilobytes) * 1024;
	} catch {
		return undefined;
	}
}
