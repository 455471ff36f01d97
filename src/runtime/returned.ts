// R17: what the broker gave up on is no verdict. Each attempt of such a message is dispatched again,
// and counts as a loss only if that very copy ran alone.
import {fail} from '#actors/failure.ts';
import {checkWork, type Work} from '#contract/work.ts';
import {decodeFrame} from '#lib/frame.ts';
import type {Ambient} from '#observe/observe.ts';
import type {Delivery, Verdict} from '#transport/transport.ts';
import type {Letter, Settled} from './letter.ts';
import type {Park} from './parking.ts';

export function createReturned(
	{log}: Ambient,
	tell: (letter: Letter) => void,
	park: Park,
): (delivery: Delivery) => Promise<Verdict> {
	return async delivery => {
		const work = readWork(delivery.body);
		if (typeof work === 'string') {
			log.error(
				{queue: delivery.death?.queue, why: work},
				'a message that is no work came back; it is parked',
			);
			await park(delivery, fail('INVALID_INPUT', work));
			return 'ack';
		}
		log.warn(
			{copy: work.copy, attempts: work.items.length, reason: delivery.death?.reason},
			'work came back',
		);
		const settled = await Promise.all(
			work.items.map(
				({task, attempt}) =>
					new Promise<Settled>(settle =>
						tell({
							kind: 'event',
							name: 'giveUp',
							task,
							fresh: true,
							read: (row, {now}) =>
								row.state === 'queued' && row.attempt === attempt
									? [{type: 'giveUp', at: now, attempt, copy: work.copy}]
									: undefined,
							comesAgain: true,
							settle,
						}),
					),
			),
		);
		return settled.some(({how}) => how === 'failed') ? 'retry' : 'ack';
	};
}

/** The work, or why it can't be read. */
function readWork(body: Buffer): Work | string {
	try {
		const checked = checkWork(decodeFrame<unknown>(body).head);
		return checked.ok ? checked.value : checked.why;
	} catch (error) {
		return String(error);
	}
}
