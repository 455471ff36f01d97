import {pause} from '#lib/clock.ts';
import type {Ambient} from '#observe/observe.ts';
import type {Delivery, Handler, Verdict} from './transport.ts';

/** A message that makes its handler throw again waits this long, ms, before it goes back: no hot loop. */
const penaltyMs = 1000;

/**
 * Asks a handler for its verdict. One that throws has a bug: that is logged and the message goes
 * back, at once the first time, then after a second each (aborting `hurry` ends the wait).
 */
export function judge(
	{log, clock}: Ambient,
	handle: Handler,
	delivery: Delivery,
	hurry: AbortSignal,
): Promise<Verdict> | Verdict {
	const blame = async (error: unknown): Promise<Verdict> => {
		const {queue, key, redelivered, properties} = delivery;
		log.error({err: error, queue, key, message: properties.messageId}, 'a message handler threw');
		if (redelivered) await pause(clock, penaltyMs, hurry);
		return 'retry';
	};
	try {
		const verdict = handle(delivery);
		return typeof verdict === 'string' ? verdict : verdict.catch(blame);
	} catch (error) {
		return blame(error);
	}
}
