import {defaultPool} from '#actors/lane.ts';
import {type Names, workTopology} from '#transport/topology.ts';
import type {Transport} from '#transport/transport.ts';

/**
 * Makes the queues of a pool before something is first placed in it: it may have no worker yet, and what
 * is placed waits for one. Undefined: they are there.
 */
export type Pools = (pool: string) => Promise<void> | undefined;

export function createPools(transport: Transport, names: Names): Pools {
	// Those of the default pool are what servers and workers meet at.
	const there = new Set<string>([defaultPool]);
	const made = new Map<string, Promise<void>>();
	const make = async (pool: string): Promise<void> => {
		try {
			await transport.declare(workTopology(names, pool));
			there.add(pool);
		} finally {
			made.delete(pool);
		}
	};
	return pool => {
		if (there.has(pool)) return undefined;
		const making = made.get(pool) ?? make(pool);
		made.set(pool, making);
		return making;
	};
}
