import {type Clock, pause} from '#lib/clock.ts';

const firstMs = 50;
const longestMs = 5000;

/** Tries until it succeeds or `signal` is aborted, with growing, jittered pauses; `failed` hears why not. */
export async function persist(
	clock: Clock,
	signal: AbortSignal,
	attempt: () => Promise<void>,
	failed: (error: unknown, tries: number) => void,
): Promise<void> {
	for (let tries = 1; !signal.aborted; tries += 1) {
		try {
			return await attempt();
		} catch (error) {
			if (signal.aborted) return;
			failed(error, tries);
		}
		const delayMs = Math.min(longestMs, firstMs * 2 ** (tries - 1));
		await pause(clock, delayMs * (0.5 + Math.random() / 2), signal);
	}
}
