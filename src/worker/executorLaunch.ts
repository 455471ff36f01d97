import {type ChildProcess, spawn} from 'node:child_process';
import {writeFileSync} from 'node:fs';
import {fileURLToPath} from 'node:url';

/**
 * The flags that the sandbox stands on (docs/decisions/0006-isolates.md): isolates need the first; with V8's
 * optimising compiler a plain loop of array pushes escapes every limit; Wasm memory is counted by
 * nothing else; and Node itself refuses files, processes and threads to what might break out.
 */
const flags = [
	'--no-node-snapshot',
	'--no-turbofan',
	'--wasm-max-mem-pages=1024',
	'--permission',
	'--allow-addons',
	'--allow-fs-read=*',
	'--disable-warning=PERM0001',
	'--disable-warning=ExperimentalWarning',
];

/**
 * Starts an executor: no environment, no standard input or output, a session of its own (a Ctrl-C in
 * the terminal is not for it), and the channel as file descriptor 3. Its name is for who reads `ps`.
 */
export function launch(name: string, nodeFlags: readonly string[]): ChildProcess {
	const main = fileURLToPath(import.meta.resolve('#engine/executor.ts'));
	const conditions = main.endsWith('.ts') ? ['--conditions=source'] : [];
	const child = spawn(process.execPath, [...flags, ...nodeFlags, ...conditions, main, name], {
		env: {},
		cwd: '/',
		detached: true,
		stdio: ['ignore', 'ignore', 'pipe', 'pipe'],
	});
	preferAsVictim(child.pid);
	return child;
}

/** Where the system runs out of memory, it shall take an executor and neither a node nor its broker. */
function preferAsVictim(pid: number | undefined): void {
	try {
		writeFileSync(`/proc/${pid}/oom_score_adj`, '800');
	} catch {
		// Not Linux, or already gone.
	}
}
