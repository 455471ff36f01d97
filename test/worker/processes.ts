import {execFileSync} from 'node:child_process';

const patienceMs = 20_000;
const betweenMs = 20;

/** The executors that a process started, by their pids, the oldest first. */
export function executorsOf(pid = process.pid): number[] {
	const lines = execFileSync('ps', ['-axww', '-o', 'pid=,ppid=,args='], {encoding: 'utf8'}).split('\n');
	return lines.flatMap(line => {
		const [, child, parent, args = ''] = /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line) ?? [];
		return Number(parent) === pid && /engine\/executor\.[jt]s/.test(args) ? [Number(child)] : [];
	});
}

/** A process that is not ours tells nobody of its end: this asks until it is gone. */
export async function gone(pid: number): Promise<void> {
	const until = performance.now() + patienceMs;
	while (isAlive(pid)) {
		if (performance.now() > until) throw new Error(`Expected process ${pid} to end within ${patienceMs} ms`);
		await new Promise(resolve => setTimeout(resolve, betweenMs));
	}
}

function isAlive(pid: number): boolean {
	try {
		process.kill(pid, 0);
		return true;
	} catch {
		return false;
	}
}
