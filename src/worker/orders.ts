import {checkOrder, type Order} from '#contract/control.ts';
import {decodeFrame} from '#lib/frame.ts';
import type {Ambient} from '#observe/observe.ts';
import type {Delivery, Handler} from '#transport/transport.ts';
import type {Claims} from './claims.ts';
import type {Executors} from './executors.ts';
import type {Held} from './held.ts';
import type {Versions} from './versions.ts';

type Parts = {
	readonly held: Held;
	readonly executors: Executors;
	readonly claims: Claims;
	readonly versions: Versions;
	readonly drain: () => void;
};

/** What a worker hears on `warren.control`. Lossy: nothing here may be needed only once. */
export function createOrders({log}: Ambient, {held, executors, claims, versions, drain}: Parts): Handler {
	const obey = (order: Order, part: Buffer | undefined): void => {
		switch (order.type) {
			case 'stop':
				for (const {task, attempt} of order.stops) {
					held.stop(task, attempt);
					executors.stop(task, attempt);
				}
				return;
			case 'grant':
				claims.answer(order.claim, order.grant);
				return;
			case 'drain':
				drain();
				return;
			case 'code':
			case 'unknown':
				versions.take(order, part);
				return;
		}
	};
	return (delivery: Delivery) => {
		try {
			const {head, bodies} = decodeFrame<unknown>(delivery.body);
			const checked = checkOrder(head);
			if (checked.ok) obey(checked.value, bodies[0]);
			else log.warn({why: checked.why, key: delivery.key}, 'an order was not understood');
		} catch (error) {
			log.warn({err: error, key: delivery.key}, 'an order could not be read');
		}
		return 'ack';
	};
}
