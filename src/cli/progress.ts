import type {Terminal} from './terminal.ts';

/** One line on the terminal that says how far a long piece of work is; nothing where nobody looks. */
export type Progress = {step(count?: number): void; end(): void};

const everyMs = 100;

export function createProgress(terminal: Terminal, what: string, total?: number): Progress {
	let done = 0;
	let drawnAt = Number.NEGATIVE_INFINITY;
	const draw = () => {
		const share =
			total === undefined ? '' : ` of ${total} (${Math.floor((done / Math.max(1, total)) * 100)} %)`;
		terminal.sketch(`${what}: ${done}${share}`);
	};
	return {
		step(count = 1) {
			done += count;
			const now = terminal.clock.now();
			if (!terminal.watched || now - drawnAt < everyMs) return;
			drawnAt = now;
			draw();
		},
		end() {
			if (terminal.watched && done > 0) terminal.sketch('');
		},
	};
}
