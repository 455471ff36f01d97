// A rate as a bucket of tokens that fills by itself: whoever stays below the rate never waits, and at
// most one second's worth, or a single request, comes at once.
import type {Clock} from '#lib/clock.ts';

export type Bucket = {
	/** Takes a token and gives 0; if there is none, the ms until there is one. */
	take(): number;
};

const unitMs = {s: 1000, m: 60_000, h: 3_600_000} as const;
/** Like `100/s`, `30/m` or `5/h`. */
export const ratePattern = '^[1-9]\\d{0,6}/[smh]$';

/** @param rate of the pattern above */
export function createBucket(clock: Clock, rate: string): Bucket {
	const [count = '', unit = 's'] = rate.split('/');
	const perMs = Number(count) / unitMs[unit as keyof typeof unitMs];
	const most = Math.max(1, perMs * 1000);
	let tokens = most;
	let filledAt = clock.now();
	return {
		take() {
			const now = clock.now();
			// A clock that was set back fills nothing, and takes nothing away.
			tokens = Math.min(most, tokens + Math.max(0, now - filledAt) * perMs);
			filledAt = now;
			// What fractions add up to is a hair more or less than the whole.
			if (tokens < 1 - 1e-9) return Math.ceil((1 - tokens) / perMs - 1e-6);
			tokens -= 1;
			return 0;
		},
	};
}
