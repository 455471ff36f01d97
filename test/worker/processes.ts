import {execFileSync} from 'node:child_process';

const patienceMs = 20_000;
const betweenMs = 20;

/** Of an executor's name: those that take tasks, and those for suspects. */
export type Kind = 'e' | 'q';

/** The executors that a process started, of one kind or all, by their pids, the oldest first. */
export function executorsOf(pid = process.pid, kind: Kind | '' = ''): number[] {
	const lines = execFileSync('ps', ['-axww', '-o', 'pid=,ppid=,args='], {encoding: 'utf8'}).split('\n');
	return lines.flatMap(line => {
		const [, child, parent, args = ''] = /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line) ?? [];
		const [, name] = /engine\/executor\.[jt]s (\w+)/.exec(args) ?? [];
		return Number(parent) === pid && name?.startsWith(kind) ? [Number(child)] : [];
	});
}

/** The oldest executor of this process, of one kind or all. There must be one: a signal to 0 is one to ourselves. */
export function executorOf(kind: Kind | '' = ''): number {
	const [pid] = executorsOf(process.pid, kind);
	if (pid === undefined) throw new Error(`Expected an executor ${kind}, found none`);
	return pid;
}

/** The spare of this process: the one executor for suspects, once there is one, and it is none of these. */
export async function spareBut(...others: readonly number[]): Promise<number> {
	return until('a spare executor', () => {
		const [pid, ...more] = executorsOf(process.pid, 'q');
		return more.length === 0 && pid !== undefined && !others.includes(pid) ? pid : undefined;
	});
}

/** Asks until there is an answer: for what tells nobody that it has come. */
export async function until<T>(what: string, ask: () => T | undefined): Promise<T> {
	const last = performance.now() + patienceMs;
	for (let found = ask(); ; found = ask()) {
		if (found !== undefined) return found;
		if (performance.now() > last) throw new Error(`Expected ${what} within ${patienceMs} ms`);
		await new Promise(resolve => setTimeout(resolve, betweenMs));
	}
}

/** A process that is not ours tells nobody of its end: this asks until it is gone. */
export async function gone(pid: number): Promise<void> {
	await until(`process ${pid} to end`, () => (isAlive(pid) ? undefined : true));
}

function isAlive(pid: number): boolean {
	try {
		process.kill(pid, 0);
		return true;
	} catch {
		return false;
	}
}
