// R17: what the broker gave up on is no verdict. Each attempt of such a message is dispatched again,
// and counts as a loss only if that very copy ran alone.
import {checkWork} from '#contract/work.ts';
import {decodeFrame} from '#lib/frame.ts';
import type {Ambient} from '#observe/observe.ts';
import type {Delivery, Verdict} from '#transport/transport.ts';
import type {Letter, Settled} from './letter.ts';

export function createReturned(
	{log}: Ambient,
	tell: (letter: Letter) => void,
): (delivery: Delivery) => Promise<Verdict> {
	return async delivery => {
		const work = readWork(delivery.body);
		if (!work) {
			log.error({queue: delivery.death?.queue}, 'a message that is no work came back; it is dropped');
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
							settle,
						}),
					),
			),
		);
		return settled.some(({how}) => how === 'failed') ? 'retry' : 'ack';
	};
}

function readWork(body: Buffer) {
	try {
		const checked = checkWork(decodeFrame<unknown>(body).head);
		return checked.ok ? checked.value : undefined;
	} catch {
		return undefined;
	}
}
