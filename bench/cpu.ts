// Who used the processors while a scenario ran: we and our broker, or somebody else. A round in which
// others took more than an eighth of the machine says nothing, and is void.
import {readdirSync, readFileSync} from 'node:fs';
import {availableParallelism} from 'node:os';

export const mostForeign = 0.12;

type Sample = {readonly busy: number; readonly ours: number; readonly at: number};

/** Jiffies per second on every Linux that Node runs on. */
const hertz = 100;

/** The share of the machine that processes other than ours took during `work`; 0 where there is no /proc. */
export async function foreignDuring<T>(work: () => Promise<T>): Promise<{value: T; foreign: number}> {
	const before = sample();
	const value = await work();
	const after = sample();
	if (!before || !after) return {value, foreign: 0};
	const capacity = ((after.at - before.at) / 1000) * hertz * availableParallelism();
	const others = after.busy - before.busy - (after.ours - before.ours);
	return {value, foreign: Math.max(0, others / capacity)};
}

function sample(): Sample | undefined {
	try {
		const [, ...times] = (readFileSync('/proc/stat', 'utf8').split('\n')[0] ?? '').split(/\s+/).map(Number);
		const [user = 0, nice = 0, system = 0, , , irq = 0, softirq = 0] = times;
		return {busy: user + nice + system + irq + softirq, ours: ourJiffies(), at: performance.now()};
	} catch {
		return undefined;
	}
}

/** Time of this process and all below it, the broker and the executors among them. */
function ourJiffies(): number {
	const processes = new Map<number, {parent: number; jiffies: number}>();
	for (const name of readdirSync('/proc')) {
		const pid = Number(name);
		if (Number.isInteger(pid)) processes.set(pid, readProcess(pid));
	}
	const isOurs = (pid: number): boolean => {
		for (let at = pid; at > 1; at = processes.get(at)?.parent ?? 0) if (at === process.pid) return true;
		return false;
	};
	return [...processes].reduce((sum, [pid, {jiffies}]) => (isOurs(pid) ? sum + jiffies : sum), 0);
}

function readProcess(pid: number): {parent: number; jiffies: number} {
	try {
		const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
		// The name is in brackets and may hold spaces; the fields after it are numbered from 3.
		const fields = text
			.slice(text.lastIndexOf(')') + 2)
			.split(' ')
			.map(Number);
		const [, parent = 0] = fields;
		return {parent, jiffies: (fields[11] ?? 0) + (fields[12] ?? 0) + (fields[13] ?? 0) + (fields[14] ?? 0)};
	} catch {
		return {parent: 0, jiffies: 0};
	}
}

/** How long a process has used a processor so far, ms; it grows in steps of 10. 0 where there is no /proc. */
export const busyMs = (pid: number): number => (readProcess(pid).jiffies * 1000) / hertz;

/** Resident bytes of a process and all below it, by /proc; 0 where there is none. */
export const residentBytes = (root: number): number => memoryOf(root, 'VmRSS');

/** The most that each of them ever had, added up: they may have had it at different times. */
export const peakBytes = (root: number): number => memoryOf(root, 'VmHWM');

function memoryOf(root: number, field: string): number {
	try {
		return readdirSync('/proc')
			.map(Number)
			.filter(pid => Number.isInteger(pid) && isBelow(pid, root))
			.reduce((sum, pid) => sum + kilobytesOf(pid, field) * 1024, 0);
	} catch {
		return 0;
	}
}

function isBelow(pid: number, root: number): boolean {
	for (let at = pid; at > 1; at = readProcess(at).parent) if (at === root) return true;
	return false;
}

function kilobytesOf(pid: number, field: string): number {
	try {
		const status = readFileSync(`/proc/${pid}/status`, 'utf8');
		return Number(new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(status)?.[1] ?? 0);
	} catch {
		return 0;
	}
}
