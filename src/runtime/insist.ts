import {pause} from '#lib/clock.ts';
import type {Ambient} from '#observe/observe.ts';
import {type Outgoing, type Transport, TransportDown} from '#transport/transport.ts';

/** Publishes until the broker has it. */
export type Insist = (message: Outgoing) => Promise<void>;

const againMs = 500;
/** A queue that takes nothing is named so often, however much is for it, ms. */
const sayMs = 60_000;

/**
 * For what must not be given up, so to queues of our own alone: one that is not there is being made again.
 * @param kind for the counters
 */
export function createInsist({clock, log, metrics}: Ambient, transport: Transport, kind: string): Insist {
	const refusing = new Map<string, {readonly since: number; saidAt: number}>();
	const refused = (queue: string, how: 'unroutable' | 'refused') => {
		const now = clock.now();
		const known = refusing.get(queue) ?? {since: now, saidAt: now};
		refusing.set(queue, known);
		if (now - known.saidAt < sayMs) return;
		known.saidAt = now;
		const forMs = now - known.since;
		log.warn({queue, kind, how, forMs}, 'a queue does not take what must not be lost; trying again');
	};
	return async message => {
		for (;;) {
			metrics.published.inc({kind});
			try {
				const published = await transport.publish(message);
				if (published === 'taken') return void refusing.delete(message.key);
				refused(message.key, published);
			} catch (error) {
				if (!(error instanceof TransportDown)) throw error;
				log.debug({key: message.key}, 'the broker is out of reach; publishing again');
			}
			await pause(clock, againMs);
		}
	};
}
