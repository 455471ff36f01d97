import type {Work} from '#contract/work.ts';
import type {Ambient} from '#observe/observe.ts';
import {
	type Delivery,
	type Handler,
	type Transport,
	TransportDown,
	type Verdict,
} from '#transport/transport.ts';
import {readWork} from './delivered.ts';
import type {Works} from './works.ts';

type Parts = {
	readonly transport: Transport;
	readonly works: Works;
	/** Where work waits for any worker that may run it. */
	readonly queueOf: (work: Partial<Work>) => string;
};

export type Mailbox = {
	readonly take: Handler;
	/** Resolves when nothing that came here is in hand. */
	idle(): Promise<void>;
};

/**
 * Takes work that was sent to this worker and to no other. Nobody else reads its mailbox, so what it gives
 * back goes to its pool's queue of its class, the same copy of it.
 */
export function createMailbox({log, metrics}: Ambient, {transport, works, queueOf}: Parts): Mailbox {
	const inHand = new Set<Promise<Verdict>>();
	/** What can't be given back is found by its home (R26). */
	const handBack = async (delivery: Delivery): Promise<void> => {
		metrics.published.inc({kind: 'work'});
		const read = readWork(delivery);
		const key = queueOf('work' in read ? read.work : {});
		const {body, properties} = delivery;
		const published = await transport.publish({exchange: '', key, body, properties});
		if (published !== 'taken') throw new TransportDown(`The queue ${key} did not take it: ${published}`);
	};
	const settle = async (delivery: Delivery): Promise<Verdict> => {
		const verdict = await works(delivery);
		if (verdict !== 'retry') return verdict;
		await handBack(delivery).catch(error => log.warn({err: error}, 'work could not be handed back'));
		return 'ack';
	};
	return {
		take(delivery) {
			const settled = settle(delivery).finally(() => inHand.delete(settled));
			inHand.add(settled);
			return settled;
		},
		async idle() {
			while (inHand.size > 0) await Promise.allSettled(inHand);
		},
	};
}
