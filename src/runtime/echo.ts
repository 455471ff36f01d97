// What happens at other servers, for those who listen at this one. It is fetched from `warren.events` only
// while somebody listens here: events that nobody hears are not published (docs/decisions/0004).
import {checkHappening} from '#contract/status.ts';
import {readJson} from '#lib/json.ts';
import type {Feed} from '#observe/feed.ts';
import type {Ambient} from '#observe/observe.ts';
import type {Names} from '#transport/topology.ts';
import type {Consumer, Delivery, Transport, Verdict} from '#transport/transport.ts';

/** Says on an event which server told it. */
export const tellerHeader = 'x-warren-node';

type Parts = {
	readonly transport: Transport;
	readonly names: Names;
	readonly home: string;
	readonly feed: Feed;
};

export type Echo = {stop(): Promise<void>};

const prefetch = 1000;

export function createEcho({log}: Ambient, {transport, names, home, feed}: Parts): Echo {
	const queue = names.echo(home);
	let consumer: Consumer | undefined;
	let heard = false;
	let work = Promise.resolve();

	const hear = ({body, properties}: Delivery): Verdict => {
		if (properties.headers?.[tellerHeader] === home) return 'ack';
		const checked = checkHappening(readJson(body));
		if (checked.ok) feed.tell(checked.value);
		return 'ack';
	};
	const follow = async (): Promise<void> => {
		if (heard && !consumer) {
			const bindings = [{exchange: names.events, key: '#'}];
			await transport.declare({
				exchanges: [],
				queues: [{name: queue, type: 'classic', exclusive: true, bindings}],
			});
			consumer = await transport.consume(queue, {prefetch}, hear);
		} else if (!heard && consumer) {
			await consumer.cancel();
			consumer = undefined;
			await transport.remove(queue);
		}
	};
	const changed = (now: boolean) => {
		heard = now;
		work = work.then(follow).catch(error => log.warn({err: error}, 'events of other servers are not heard'));
	};
	const off = feed.watch(changed);
	if (feed.heard) changed(true);
	return {
		async stop() {
			off();
			changed(false);
			await work;
		},
	};
}
