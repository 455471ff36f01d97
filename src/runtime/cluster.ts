// What a home does because it is not alone on its store: it says that it lives, takes up what those owe
// that live no more, and looks for what they have done meanwhile. A home that is alone does none of it.

import type {Feed} from '#observe/feed.ts';
import type {Ambient} from '#observe/observe.ts';
import type {Hint, Hints} from '#store/hints.ts';
import type {HomeRow} from '#store/home.ts';
import type {Store, TaskRow} from '#store/store.ts';
import type {Names} from '#transport/topology.ts';
import type {Transport} from '#transport/transport.ts';
import type {Consumers} from './consumers.ts';
import {createEcho, type Echo} from './echo.ts';
import {hintOf} from './hintOf.ts';
import type {Inbox} from './inbox.ts';
import type {InFlight} from './inFlight.ts';
import {keepLease, renewals} from './lease.ts';
import type {Letter} from './letter.ts';
import {watchPeers} from './peers.ts';
import type {Reach} from './reach.ts';
import type {Waiters} from './waiters.ts';
import {type Watch, watchWaiters} from './watch.ts';
import type {Watermark} from './watermark.ts';

export type Cluster = {
	/** Resolves once this home lives, before it takes anything up: else others would take it from it. */
	enter(): Promise<void>;
	/** From here on it looks after the others. */
	start(): void;
	/** Hints to the others what this home's commits have done. */
	committed(rows: readonly TaskRow[]): void;
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
	readonly reach: Reach;
	readonly waiters: Waiters;
	readonly tell: (letter: Letter) => void;
	readonly inFlight: Pick<InFlight, 'found' | 'get'>;
	readonly inbox: Inbox;
	readonly consume: Consumers['add'];
	/** The end of this task most likely comes by this home's own commit. */
	readonly isOurs: (task: string) => boolean;
	/** What others did may have changed what is known here. */
	readonly looked: () => void;
	/** One of the others lives no more, and what it owed is taken up. */
	readonly died: () => void;
	/** There may be more in the backlog than is known here. */
	readonly recount: () => void;
	/** Undefined: the others are only looked for. */
	readonly hints: Hints | undefined;
	readonly feed: Feed;
	readonly leaseMs: number;
	readonly over: AbortSignal;
};

const none = async (): Promise<void> => {};
const alone: Cluster = {
	...{enter: none, start() {}, committed() {}, stop: none, leave: none},
	failed: new Promise(() => {}),
};

/** Between two counts of the backlog that hints ask for. */
const recountMs = 200;

export function joinCluster(ambient: Ambient, parts: Parts): Cluster {
	const {store, home, leaseMs, hints} = parts;
	if (!store.shared) return alone;
	const lease = keepLease(ambient, parts);
	let echo: Echo | undefined;
	let watch: Watch | undefined;
	const peers = watchPeers(ambient, {...parts, home: home.home, everyMs: leaseMs / renewals});
	const recount = calmly(ambient, parts);
	const hear = ({ends, backlog, homes}: Hint) => {
		if (ends) watch?.hear(ends);
		if (backlog) recount();
		if (homes) peers.hear();
	};
	return {
		enter: () => lease.start(),
		start() {
			echo = createEcho(ambient, {...parts, home: home.home});
			peers.start();
			watch = watchWaiters(ambient, parts);
			hints?.listen(hear);
		},
		committed(rows) {
			if (!hints || peers.alone) return;
			const hint = hintOf(rows);
			if (hint) hints.tell(hint);
		},
		async stop() {
			await Promise.all([peers.stop(), echo?.stop()]);
		},
		async leave() {
			await lease.stop();
			hints?.tell({homes: true});
			await hints?.stop();
		},
		failed: lease.failed,
	};
}

/** At once, and then no more often than so. */
function calmly({clock}: Ambient, {recount, over}: Parts): () => void {
	let resting = false;
	let isAsked = false;
	const now = () => {
		resting = true;
		isAsked = false;
		recount();
		clock.after(recountMs, () => {
			resting = false;
			if (isAsked && !over.aborted) now();
		});
	};
	return () => {
		if (resting) isAsked = true;
		else now();
	};
}
