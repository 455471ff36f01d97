const firstMs = 100;
const longestMs = 5000;
/** So many in a row may come to nothing before a start has to wait. */
const mostAtOnce = 5;

export type Backoff = {
	/** A start came to nothing. */
	failed(): void;
	/** One did not. */
	worked(): void;
	/** Too many in a row came to nothing. */
	readonly hopeless: boolean;
	/** How long the next start waits, ms. */
	readonly delayMs: number;
};

/** When to start an executor again: at once, unless they die one after the other before they are of use. */
export function createBackoff(): Backoff {
	let failures = 0;
	return {
		failed() {
			failures += 1;
		},
		worked() {
			failures = 0;
		},
		get hopeless() {
			return failures >= mostAtOnce;
		},
		get delayMs() {
			return failures < mostAtOnce ? 0 : Math.min(longestMs, firstMs * 2 ** (failures - mostAtOnce));
		},
	};
}
