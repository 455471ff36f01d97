import {poolOf} from '#actors/lane.ts';
import type {PoolPause, Store} from '#store/store.ts';

/** The pools that an operator has paused, as this node knows them. */
export type PausedPools = {
	/** Reads them; later, what other nodes have changed since. @throws StoreTrouble */
	load(): Promise<void>;
	get(pool: string): PoolPause | undefined;
	/** With a pool all of its parts are paused. */
	has(part: string): boolean;
	list(): PoolPause[];
	/** Of a pool that is paused it changes nothing. @throws StoreTrouble */
	pause(pause: PoolPause): Promise<void>;
	/** @throws StoreTrouble */
	resume(pool: string): Promise<void>;
};

/** @param changed called when what waits may go on, or may not; with the pool if that was done here */
export function createPausedPools(store: Store, changed: (pool?: string) => void): PausedPools {
	const paused = new Map<string, PoolPause>();
	let reads = 0;
	let newest = 0;
	const load = async (pool?: string): Promise<void> => {
		const read = ++reads;
		const rows = await store.pauses();
		// What was asked for before somebody else's read may come after it.
		if (read < newest) return;
		newest = read;
		const same = rows.length === paused.size && rows.every(row => paused.get(row.pool)?.at === row.at);
		paused.clear();
		for (const row of rows) paused.set(row.pool, row);
		if (!same || pool !== undefined) changed(pool);
	};
	return {
		load: () => load(),
		get: pool => paused.get(pool),
		has: part => paused.has(poolOf(part)),
		list: () => [...paused.values()],
		async pause(pause) {
			await store.pausePool(pause);
			await load(pause.pool);
		},
		async resume(pool) {
			await store.resumePool(pool);
			await load(pool);
		},
	};
}
