// How long a worker has been silent, as far as this process could have heard it. Without its connection to
// the broker it hears nobody, and that says nothing of anybody: what passes then counts against no worker,
// and each has its full time to speak once the connection is back. A connection may be half-open, a process
// may have stood still with all that was said to it unread, and a broker under an alarm takes no word of anybody:
// so silence counts up to the last moment of which the broker's answer to a question shows that it takes what is
// said, and that everything said until then has come in.
import type {Clock} from '#lib/clock.ts';
import type {Transport} from '#transport/transport.ts';

export type Hearing = {
	/** For how long somebody has said nothing who could have been heard, ms. */
	silence(heardAt: number): number;
	/** It has heard whoever speaks for so long, without a break. */
	hears(forMs: number): boolean;
	/** Makes sure of the time until now, and calls back when that is so. */
	sure(then: () => void): void;
	stop(): void;
};

/** A broker that does not answer for so long is not heard, ms. As long as workers need to say a word. */
const deafMs = 1000;

export function createHearing(clock: Clock, transport: Pick<Transport, 'watch' | 'ask'>): Hearing {
	let hearsSince = Number.NEGATIVE_INFINITY;
	/** Undefined: it is connected. */
	let lostAt: number | undefined;
	/** All that was said until then has come in. */
	let sureUntil = Number.NEGATIVE_INFINITY;
	/** Since when the broker owes an answer, and when it was asked last. */
	let owing: {readonly since: number; askedAt: number} | undefined;
	let over = false;
	const isDeaf = () => owing !== undefined && clock.now() - owing.since > deafMs;
	const unwatch = transport.watch(state => {
		owing = undefined;
		if (state === 'down') lostAt ??= clock.now();
		else {
			lostAt = undefined;
			hearsSince = clock.now();
		}
	});
	return {
		silence: heardAt => Math.max(0, sureUntil - Math.max(heardAt, hearsSince)),
		hears: forMs => lostAt === undefined && !isDeaf() && clock.now() - hearsSince >= forMs,
		sure(then) {
			const now = clock.now();
			if (lostAt !== undefined || (owing && now - owing.askedAt < deafMs)) return;
			owing = {since: owing?.since ?? now, askedAt: now};
			transport.ask(() => {
				if (over || lostAt !== undefined || now < sureUntil) return;
				// Whoever spoke meanwhile was not heard then: all have their full time again.
				if (isDeaf()) hearsSince = clock.now();
				owing = undefined;
				sureUntil = now;
				then();
			});
		},
		stop() {
			over = true;
			unwatch();
		},
	};
}
