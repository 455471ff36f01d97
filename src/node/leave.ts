// How a node stops: what it holds has the drain timeout to end; then its parts close, one after the other, all of
// them within one bound. A broker that is gone, or half gone, and a store that takes nothing would hold it for
// ever: what has not closed by then is told to and not waited for. Nothing is lost with it: messages without a
// verdict go back to their queues, and what commits still owe is done at the next start.
import {atMost} from '#lib/clock.ts';
import type {Ambient} from '#observe/observe.ts';

/** Beyond the drain timeout: for goodbyes to the broker, the last commit and the store, all together, ms. */
export const partingMs = 10_000;

type Part = {
	/** As the log calls it. */
	readonly part: string;
	readonly end: () => unknown;
};

export type Leaving = {
	readonly drainTimeoutMs: number;
	/** What may take as long as what is in hand. */
	readonly drains: readonly Part[];
	/** What only has to be closed. */
	readonly closes: readonly Part[];
};

/** Never rejects: who leaves can do nothing about a part that fails. */
export async function leave({log, clock}: Ambient, {drainTimeoutMs, drains, closes}: Leaving): Promise<void> {
	const drainedAt = clock.now() + drainTimeoutMs;
	const ends = async ({part, end}: Part, due: number): Promise<boolean> => {
		const work = async () => await end();
		const ending = work().catch(error =>
			log.warn({err: error, part}, 'a part of this node could not be closed'),
		);
		return atMost(clock, due - clock.now(), ending);
	};
	for (const one of drains) {
		if (await ends(one, drainedAt)) continue;
		log.warn({part: one.part, drainTimeoutMs}, 'the drain timeout is over; what is in hand is given back');
	}
	const open: string[] = [];
	for (const one of closes) if (!(await ends(one, drainedAt + partingMs))) open.push(one.part);
	if (open.length === 0) return;
	log.warn({open, partingMs}, 'this node ends though not all is closed; the next start does the rest');
}
