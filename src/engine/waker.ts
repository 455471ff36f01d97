import type {Blank} from './isolateBlank.ts';

const longestMs = 2 ** 31 - 1;

/** Wakes the timers of one isolate (guest/timers.ts): one timer of ours for all of theirs. */
export type Waker = {
	/** Wake in so many ms, and forget the wish before. Hostile: any value. */
	readonly wish: (delayMs: unknown) => void;
	/** Forget the wish. */
	readonly rest: () => void;
};

export function createWaker({isolate, wake}: Pick<Blank, 'isolate' | 'wake'>): Waker {
	let rest = () => {};

	function call(): void {
		// What the timer does is watched by the limits of the call inside.
		if (!isolate.isDisposed) wake.applyIgnored(undefined, [], {timeout: longestMs});
	}

	return {
		rest: () => rest(),
		wish(delayMs) {
			rest();
			if (typeof delayMs !== 'number') return;
			if (delayMs > 0) {
				const timer = setTimeout(call, Math.min(delayMs, longestMs));
				rest = () => clearTimeout(timer);
			} else {
				// At once, but behind what waits already; setTimeout would add a millisecond.
				const immediate = setImmediate(call);
				rest = () => clearImmediate(immediate);
			}
		},
	};
}
