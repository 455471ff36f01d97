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
