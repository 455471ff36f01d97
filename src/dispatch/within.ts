import type {Clock} from '#lib/clock.ts';

/** Aborted after so many ms, or when the other one is. */
export function within(clock: Clock, ms: number, other: AbortSignal): AbortSignal {
	const late = new AbortController();
	const callOff = clock.after(ms, () => late.abort());
	other.addEventListener('abort', callOff, {once: true, signal: late.signal});
	return AbortSignal.any([late.signal, other]);
}
