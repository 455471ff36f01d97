// Whether executors rest when nothing is inside: what a call leaves spinning has no other witness.
import {existsSync, readFileSync} from 'node:fs';
import {executorsOf} from '../worker/processes.ts';

const windowMs = 400;
/** Ticks of ten milliseconds that heartbeats and collectors may take in that window. */
const mostTicks = 4;
const patienceMs = 8000;

/** Says what is wrong, '' once they rest. Only Linux tells; elsewhere they are believed. */
export async function unrest(): Promise<string> {
	if (!existsSync('/proc/self/stat')) return '';
	const until = performance.now() + patienceMs;
	let used = 0;
	while (performance.now() < until) {
		const before = ticks();
		await new Promise(resolve => setTimeout(resolve, windowMs));
		used = ticks() - before;
		if (used <= mostTicks) return '';
	}
	return `executors used ${used * 10} ms of CPU in ${windowMs} ms, with nothing inside`;
}

function ticks(): number {
	return executorsOf().reduce((sum, pid) => sum + ticksOf(pid), 0);
}

/** User and system time of a process, in ticks; 0 if it is gone. */
function ticksOf(pid: number): number {
	try {
		const [, fields = ''] = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ');
		const [user = 0, system = 0] = fields.split(' ').slice(11, 13).map(Number);
		return user + system;
	} catch {
		return 0;
	}
}
