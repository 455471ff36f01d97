// What a home does because it is not alone on its store: it says that it lives, takes up what those owe
// that live no more, and looks for what they have done meanwhile. A home that is alone does none of it.

import type {Feed} from '#observe/feed.ts';
import type {Ambient} from '#observe/observe.ts';
import type {HomeRow, Store} from '#store/store.ts';
import type {Names} from '#transport/topology.ts';
import type {Transport} from '#transport/transport.ts';
import {createEcho, type Echo} from './echo.ts';
import type {Inbox} from './inbox.ts';
import {keepLease, renewals} from './lease.ts';
import type {Letter} from './letter.ts';
import {watchPeers} from './peers.ts';
import type {Waiters} from './waiters.ts';
import {watchWaiters} from './watch.ts';
import type {Watermark} from './watermark.ts';

export type Cluster = {
	/** Resolves once this home lives, before it takes anything up: else others would take it from it. */
	enter(): Promise<void>;
	/** From here on it looks after the others. */
	start(): void;
	/** It looks after nobody any more. */
	stop(): Promise<void>;
	/** What is left here is adopted at once. */
	leave(): Promise<void>;
	/** Settles if another process has opened this home. */
	readonly failed: Promise<Error>;
};

type Parts = {
	readonly store: Store;
	readonly transport: Transport;
	readonly names: Names;
	readonly home: HomeRow;
	readonly watermark: Watermark;
	readonly waiters: Waiters;
	readonly tell: (letter: Letter) => void;
	readonly inbox: Inbox;
	readonly prefetch: number;
	/** The end of this task most likely comes by this home's own commit. */
	readonly isOurs: (task: string) => boolean;
	/** What others did may have changed what is known here. */
	readonly looked: () => void;
	readonly feed: Feed;
	readonly leaseMs: number;
	readonly over: AbortSignal;
};

const none = async (): Promise<void> => {};
const alone: Cluster = {enter: none, start() {}, stop: none, leave: none, failed: new Promise(() => {})};

export function joinCluster(ambient: Ambient, parts: Parts): Cluster {
	const {store, home, leaseMs} = parts;
	if (!store.shared) return alone;
	const lease = keepLease(ambient, parts);
	let echo: Echo | undefined;
	const peers = watchPeers(ambient, {...parts, home: home.home, everyMs: leaseMs / renewals});
	return {
		enter: () => lease.start(),
		start() {
			echo = createEcho(ambient, {...parts, home: home.home});
			peers.start();
			watchWaiters(ambient, parts);
		},
		async stop() {
			await Promise.all([peers.stop(), echo?.stop()]);
		},
		leave: () => lease.stop(),
		failed: lease.failed,
	};
}
