import {type Clock, pause} from '#lib/clock.ts';

/** How long to wait before the next try. */
export type Pace = {
	readonly firstMs: number;
	readonly longestMs: number;
	/** Up to so much of it more or less: who was cut off together must not come back together. */
	readonly jitter: number;
};

/** Twice as long after each try, ms. @param dice a number in [0, 1) */
export function delayOf({firstMs, longestMs, jitter}: Pace, tries: number, dice: () => number): number {
	// Jitter is on top of the bound's share: cut at the bound, half of all would wait just as long.
	const usualMs = Math.min(longestMs / (1 + jitter), firstMs * 2 ** (tries - 1));
	return usualMs * (1 + jitter * (2 * dice() - 1));
}

/** The usual one. */
export const pace: Pace = {firstMs: 50, longestMs: 5000, jitter: 0.3};

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
		await pause(clock, delayOf(pace, tries, Math.random), signal);
	}
}
