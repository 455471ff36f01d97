/** Time as something handed in, so that tests can own it. Times are ms since the epoch. */
export type Clock = {
	now(): number;
	/** Calls back once after `delayMs`; the returned function calls it off. Does not keep the process alive. */
	after(delayMs: number, call: () => void): () => void;
};

// setTimeout takes a signed 32-bit number of ms and fires at once when given more.
const longest = 2 ** 31 - 1;

export const systemClock: Clock = {
	now: () => Date.now(),
	after(delayMs, call) {
		const timer = setTimeout(call, Math.min(Math.max(0, delayMs), longest));
		timer.unref();
		return () => clearTimeout(timer);
	},
};

/** Resolves after `delayMs`, or at once when the signal is aborted. */
export function pause(clock: Clock, delayMs: number, signal?: AbortSignal): Promise<void> {
	return new Promise(resolve => {
		if (signal?.aborted) return resolve();
		const done = () => {
			off();
			signal?.removeEventListener('abort', done);
			resolve();
		};
		const off = clock.after(delayMs, done);
		signal?.addEventListener('abort', done, {once: true});
	});
}

/** Waits for `work`, `ms` at most. False: it has not ended, and goes on by itself. */
export async function atMost(clock: Clock, ms: number, work: Promise<unknown>): Promise<boolean> {
	const done = new AbortController();
	const late = pause(clock, ms, done.signal).then(() => false);
	return Promise.race([work.then(() => true), late]).finally(() => done.abort());
}

/** Calls `look` so often, each time `everyMs` after it has ended, until what is returned is called. It handles its own errors. */
export function again(clock: Clock, everyMs: number, look: () => unknown): () => void {
	let isOver = false;
	const next = async () => {
		await look();
		if (!isOver) callOff = clock.after(everyMs, next);
	};
	let callOff = clock.after(everyMs, next);
	return () => {
		isOver = true;
		callOff();
	};
}
