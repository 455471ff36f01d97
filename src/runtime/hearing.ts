// How long a worker has been silent, as far as this process could have heard it. Without its connection to
// the broker it hears nobody, and that says nothing of anybody: what passes then counts against no worker,
// and each has its full time to speak once the connection is back.
import type {Clock} from '#lib/clock.ts';
import type {Transport} from '#transport/transport.ts';

export type Hearing = {
	/** For how long somebody has said nothing who could have been heard, ms. */
	silence(heardAt: number): number;
	/** It has heard whoever speaks for so long, without a break. */
	hears(forMs: number): boolean;
	stop(): void;
};

export function createHearing(clock: Clock, transport: Pick<Transport, 'watch'>): Hearing {
	let hearsSince = Number.NEGATIVE_INFINITY;
	/** Undefined: it hears. */
	let deafSince: number | undefined;
	const stop = transport.watch(state => {
		if (state === 'down') deafSince ??= clock.now();
		else {
			deafSince = undefined;
			hearsSince = clock.now();
		}
	});
	return {
		silence: heardAt => Math.max(0, (deafSince ?? clock.now()) - Math.max(heardAt, hearsSince)),
		hears: forMs => deafSince === undefined && clock.now() - hearsSince >= forMs,
		stop,
	};
}
