import type {Blank} from './isolateBlank.ts';

const longestMs = 2 ** 31 - 1;

/**
 * Wakes the timers of one isolate (guest/timers.ts): one timer of ours for all of theirs. Only while
 * somebody watches over the isolate: what a timer does has no other limit than the watch's.
 */
export type Waker = {
	/** From now on wishes are heard. */
	readonly rise: () => void;
	/** Wake in so many ms, and forget the wish before. Hostile: any value. */
	readonly wish: (delayMs: unknown) => void;
	/** Forgets the wish and hears no other. A promise while the isolate is not back from being woken: watch it until then. */
	readonly rest: () => Promise<void> | undefined;
};

export function createWaker({isolate, wake}: Pick<Blank, 'isolate' | 'wake'>): Waker {
	let forget = () => {};
	let risen = false;
	let last: Promise<void> | undefined;

	function call(): void {
		if (isolate.isDisposed) return;
		const woken: Promise<void> = wake.apply(undefined, [], {timeout: longestMs}).then(back, back);
		last = woken;
		function back(): void {
			if (last === woken) last = undefined;
		}
	}

	return {
		rise() {
			risen = true;
		},
		rest() {
			risen = false;
			forget();
			return last;
		},
		wish(delayMs) {
			forget();
			if (typeof delayMs !== 'number' || !risen) return;
			if (delayMs > 0) {
				const timer = setTimeout(call, Math.min(delayMs, longestMs));
				forget = () => clearTimeout(timer);
			} else {
				// At once, but behind what waits already; setTimeout would add a millisecond.
				const immediate = setImmediate(call);
				forget = () => clearImmediate(immediate);
			}
		},
	};
}
