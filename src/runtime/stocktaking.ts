import type {Placed, Stock, Store} from '#store/store.ts';

/** What the store holds: what waits in it, whosever it is, and what this home has placed. */
export type Stocktaking = {readonly waiting: readonly Stock[]; readonly placed: readonly Placed[]};

/** What the store says of the broker and of the backlog. In a shared one other homes have placed some too. */
export async function takeStock(store: Store, home: string): Promise<Stocktaking> {
	const waiting = await store.stock();
	return {waiting, placed: store.shared ? await store.placed(home) : waiting};
}
