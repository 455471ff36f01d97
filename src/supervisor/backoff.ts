const firstMs = 1000;
const longestMs = 60_000;
/** Whoever has run for so long did not die of its start, ms. */
export const steadyMs = 10_000;

/** How a worker process ended that nobody had told to. */
export type End = {
	/** How long it took work, ms; undefined: it never did. */
	readonly servedMs: number | undefined;
	/** It ended by itself in good order: somebody drained it. */
	readonly clean: boolean;
};

export type Backoff = {
	ended(end: End): void;
	/** One has served for ten seconds. */
	steady(): void;
	/** So many in a row ended that had not served for ten seconds. */
	readonly failures: number;
	/** How long the next start waits, ms: not at all after the first. */
	readonly delayMs: number;
};

/** When to start a worker again: at once, unless they die one after the other soon after their start. */
export function createBackoff(): Backoff {
	let failures = 0;
	return {
		ended({servedMs, clean}) {
			if (servedMs === undefined || !(clean || servedMs >= steadyMs)) failures += 1;
		},
		steady() {
			failures = 0;
		},
		get failures() {
			return failures;
		},
		get delayMs() {
			return failures < 2 ? 0 : Math.min(longestMs, firstMs * 2 ** (failures - 2));
		},
	};
}
