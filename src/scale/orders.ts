import type {SupervisorOrder} from '#contract/supervisor.ts';
import {messageTypes} from '#contract/work.ts';
import type {Ambient} from '#observe/observe.ts';
import type {Names} from '#transport/topology.ts';
import type {Transport} from '#transport/transport.ts';

/** Tells one supervisor. Lossy: it is told again until its heartbeat says that it heard. */
export function createSupervisorOrders({log, metrics}: Ambient, transport: Transport, names: Names) {
	return (supervisor: string, order: SupervisorOrder): void => {
		metrics.published.inc({kind: 'control'});
		const message = {
			exchange: names.control,
			key: `supervisor.${supervisor}`,
			body: Buffer.from(JSON.stringify(order)),
			properties: {type: messageTypes.supervisor, contentType: 'application/json'},
		};
		transport
			.publish(message, {confirm: false})
			.catch(error => log.debug({err: error, supervisor}, 'an order was not sent'));
	};
}
