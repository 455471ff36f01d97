import type {Order} from '#contract/control.ts';
import {messageTypes} from '#contract/work.ts';
import {encodeFrame} from '#lib/frame.ts';
import type {Ambient} from '#observe/observe.ts';
import type {Names} from '#transport/topology.ts';
import type {Transport} from '#transport/transport.ts';

/** Tells one worker, or all. Lossy: whoever needs an answer asks again. */
export function createOrders({log, metrics}: Ambient, transport: Transport, names: Names) {
	return (worker: string, order: Order, part?: Buffer): void => {
		metrics.published.inc({kind: 'control'});
		const body = encodeFrame(order, part ? [part] : []);
		const message = {
			exchange: names.control,
			key: `worker.${worker}`,
			body,
			properties: {type: messageTypes.control},
		};
		transport
			.publish(message, {confirm: false})
			.catch(error => log.debug({err: error, worker}, 'an order was not sent'));
	};
}
