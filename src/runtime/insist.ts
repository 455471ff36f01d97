import {pause} from '#lib/clock.ts';
import type {Ambient} from '#observe/observe.ts';
import {type Outgoing, type PublishOptions, type Transport, TransportDown} from '#transport/transport.ts';

const againMs = 500;

/**
 * Publishes until the broker has it, or says that nobody is there for it.
 * @param kind for the counters
 */
export async function insist(
	{clock, log, metrics}: Ambient,
	transport: Transport,
	kind: string,
	message: Outgoing,
	options?: PublishOptions,
): Promise<void> {
	for (;;) {
		metrics.published.inc({kind});
		try {
			const published = await transport.publish(message, options);
			if (published !== 'refused') return;
		} catch (error) {
			if (!(error instanceof TransportDown)) throw error;
			log.debug({key: message.key}, 'the broker is out of reach; publishing again');
		}
		await pause(clock, againMs);
	}
}
