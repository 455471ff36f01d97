import {setTimeout as delay} from 'node:timers/promises';
import type {Terminal} from './terminal.ts';

type Wait<T> = {
	readonly look: () => Promise<T>;
	readonly isSo: (seen: T) => boolean;
	/** How far it is, in one line. */
	readonly says: (seen: T) => string;
	readonly timeoutMs: number;
};

const everyMs = 250;

/** Looks again and again until it is so or the time is over, and gives what was seen last. */
export async function untilSo<T>(
	terminal: Terminal,
	{look, isSo, says, timeoutMs}: Wait<T>,
): Promise<{readonly seen: T; readonly so: boolean}> {
	const {clock, watched} = terminal;
	const until = clock.now() + timeoutMs;
	for (;;) {
		const seen = await look();
		const so = isSo(seen);
		if (so || clock.now() >= until) {
			if (watched) terminal.sketch('');
			return {seen, so};
		}
		if (watched) terminal.sketch(says(seen));
		await delay(everyMs);
	}
}

export const usualTimeoutMs = 120_000;
