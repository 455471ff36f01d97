import type {Lane} from '#actors/lane.ts';
import type {Names} from '#transport/topology.ts';
import {type Transport, TransportDown} from '#transport/transport.ts';

/** Messages that wait in a queue; undefined: there is no queue; null: the broker can't be asked now. */
export type Depth = number | undefined | null;

/** While the broker is away nobody can say what it holds; an audit must not wait for it. */
export async function depthOf(transport: Transport, queue: string): Promise<Depth> {
	if (transport.blocked() !== undefined) return null;
	return transport.depth(queue).catch(error => {
		if (error instanceof TransportDown) return null;
		throw error;
	});
}

/** What the audit asks of the queues. */
export type Queues = {
	readonly depth: (lane: Lane) => Promise<Depth>;
	/** This worker's mailbox is gone with it. False where that can't be known now. */
	readonly isGone: (worker: string) => Promise<boolean>;
};

export const queuesOf = (transport: Transport, names: Names): Queues => ({
	depth: lane => depthOf(transport, names.work(lane.pool, lane.class)),
	async isGone(worker) {
		// Refused, as mostly: it is there, and another connection has it for itself. Whatever else fails here must not
		// keep what the worker held from being dispatched again.
		const depth = await depthOf(transport, names.worker(worker)).catch(() => null);
		return depth === undefined;
	},
});
