/** Something whose limits must be looked at while it runs. `now` counts ms on the monotonic clock. */
export type Ticking = {tick(now: number): void};

export type Ticker = {watch(one: Ticking): () => void; close(): void};

/** How often limits are looked at: a limit is kept to within this, plus the scheduler's own delay. */
export const everyMs = 20;

/** So many looks are a second. What is judged by their number is not judged for time in which we stood still. */
export const looksASecond = 1000 / everyMs;

/**
 * One timer for all that runs, instead of two for each call. The monotonic clock, because a clock that
 * is set back or forward must not end anybody. Keeps the process alive only while something runs.
 */
export function createTicker(): Ticker {
	const running = new Set<Ticking>();
	let timer: NodeJS.Timeout | undefined;

	function tick(): void {
		const now = performance.now();
		// What came in until now is read before anybody is judged for it: where this thread was held up, the end
		// of a call may be waiting to be read, and the next call is inside.
		setImmediate(() => {
			for (const one of running) one.tick(now);
		});
	}

	function close(): void {
		clearInterval(timer);
		timer = undefined;
	}

	return {
		watch(one) {
			running.add(one);
			timer ??= setInterval(tick, everyMs);
			return () => {
				running.delete(one);
				if (running.size === 0) close();
			};
		},
		close,
	};
}
