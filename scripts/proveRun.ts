// One suite of a proof as a process of its own, and what is to be read from what it printed.
import {spawn} from 'node:child_process';

/** A suite, with all that it prints. */
export function run(command: readonly string[]): Promise<{code: number; text: string}> {
	const child = spawn(process.execPath, [...process.execArgv, ...command], {
		stdio: ['ignore', 'pipe', 'pipe'],
		env: {...process.env, NO_COLOR: '1'},
		detached: true,
	});
	// Whoever ends this process ends the suite too, with all that it has started; it is then not written down,
	// and runs when the proof is continued.
	const stop = () => {
		child.once('close', () => process.exit(130));
		if (child.pid) process.kill(-child.pid, 'SIGINT');
	};
	process.once('SIGINT', stop).once('SIGTERM', stop);
	child.once('close', () => process.off('SIGINT', stop).off('SIGTERM', stop));
	let text = '';
	// Progress goes to the standard error; only what is printed for the record is kept with it.
	for (const stream of [child.stdout, child.stderr]) {
		stream.setEncoding('utf8').on('data', (chunk: string) => {
			text += chunk;
		});
	}
	return new Promise((resolve, reject) => {
		child.once('error', reject);
		child.once('close', code => resolve({code: code ?? 1, text}));
	});
}

/** The last JSON object that stands on lines of its own. */
export function reportOf(text: string): unknown {
	const lines = text.trimEnd().split('\n');
	for (let from = lines.length - 1; from >= 0; from -= 1) {
		if (!lines[from]?.startsWith('{')) continue;
		for (let to = lines.length; to > from; to -= 1) {
			if (!lines[to - 1]?.endsWith('}')) continue;
			try {
				return JSON.parse(lines.slice(from, to).join('\n'));
			} catch {
				// Something else was printed in between.
			}
		}
	}
	return null;
}

/** The walks say how many were bad and exit with 0. */
export function isBad(report: unknown): boolean {
	return typeof report === 'object' && report !== null && 'bad' in report && report.bad !== 0;
}
