// How long a worker has not answered. Each is asked once a second, and silence is counted in questions rather than in
// time: a supervisor that stood still has asked nobody meanwhile, and reads what was answered before it asks again.
import type {Clock} from '#lib/clock.ts';

export type Silence = {
	answered(): void;
	/** It is asked no more. */
	end(): void;
};

type Parts = {
	readonly ask: () => void;
	/** It owes three answers. */
	readonly late: () => void;
	/** It was late, and answers again. */
	readonly back: () => void;
	/** It stands still. Called once; it is asked no more. */
	readonly still: () => void;
	/** So many answers it owes then. */
	readonly stillAfter?: number;
};

export const askMs = 1000;
/** As many as heartbeats: servers take it for lost by then, so it is not counted on here either. */
const lateAfter = 3;
/**
 * Half a minute. What it had runs elsewhere long before that, so haste wins nothing, and costs a start; a worker whose
 * host holds it up (swapping, a disk that hangs, many that start at once) mostly comes back sooner by itself.
 */
export const usualStillAfter = 30;

export function watchSilence(clock: Clock, parts: Parts): Silence {
	const {ask, late, back, still, stillAfter = usualStillAfter} = parts;
	let owes = 0;
	const look = () => {
		if (owes === lateAfter) late();
		if (owes === stillAfter) return still();
		owes += 1;
		callOff = clock.after(askMs, look);
		ask();
	};
	let callOff = clock.after(askMs, look);
	return {
		answered() {
			const wasLate = owes > lateAfter;
			owes = 0;
			if (wasLate) back();
		},
		end: () => callOff(),
	};
}
