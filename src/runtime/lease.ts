// A home's word that it lives, where several nodes share a store (R19, R20). Whoever finds its lease over,
// because its process or its store stood still, has nothing to undo: its late decisions lose against the
// revisions of those who adopted its tasks. It renews the lease and goes on.
//
// A home that has not reached the broker for the time of a lease gives it up by itself, for as long as that
// lasts: what it has placed would wait for it, and others can carry it. It comes back like any other that
// was taken for dead.

import type {Ambient} from '#observe/observe.ts';
import type {HomeRow} from '#store/home.ts';
import {Fenced, type Store} from '#store/store.ts';
import type {Transport} from '#transport/transport.ts';
import type {Reach} from './reach.ts';
import type {Watermark} from './watermark.ts';

export type Lease = {
	/** Resolves once the home lives. @throws Fenced, StoreTrouble */
	start(): Promise<void>;
	/** Gives it up: what is left here is adopted at once. */
	stop(): Promise<void>;
	/** Settles if another process has opened this home: also an idle one must find out. */
	readonly failed: Promise<Error>;
};

type Parts = {
	readonly store: Store;
	readonly transport: Transport;
	readonly home: HomeRow;
	readonly watermark: Watermark;
	/** What it has no lease for it does not place. */
	readonly reach: Pick<Reach, 'lease'>;
	readonly leaseMs: number;
};

/** So many renewals to a lease: two may be lost. */
export const renewals = 3;

export function keepLease({clock, log}: Ambient, parts: Parts): Lease {
	const {store, transport, home, watermark, reach, leaseMs} = parts;
	const {promise: failed, resolve: fail} = Promise.withResolvers<Error>();
	let stopped = false;
	let callOff = () => {};
	/** Since when the broker is out of reach. */
	let partedAt: number | undefined;
	let isGivenUp = false;
	// One after the other: a word that says less must not come after one that says more.
	let words = Promise.resolve();
	const say = (ms: number): Promise<void> =>
		store.renew({home: home.home, epoch: home.epoch, actedThrough: watermark.actedThrough, leaseMs: ms});
	const renew = async (): Promise<void> => {
		const isParted = partedAt !== undefined && clock.now() - partedAt >= leaseMs;
		if (isParted && !isGivenUp) log.warn('the broker is out of reach; the other nodes may take up the tasks');
		isGivenUp = isParted;
		if (isParted) reach.lease(true);
		// Said also while it is given up: whether another process has opened this home must be found out.
		await say(isParted ? 0 : leaseMs);
		if (!isParted) reach.lease(false);
	};
	const again = () => {
		callOff();
		callOff = clock.after(leaseMs / renewals, beat);
	};
	const beat = () => {
		if (stopped) return;
		words = words
			.then(renew)
			.catch(error => {
				if (error instanceof Fenced) fail(error);
				log.warn({err: error}, 'the lease of this node could not be renewed; trying again');
			})
			.then(() => (stopped ? undefined : again()));
	};
	const unwatch = transport.watch(state => {
		partedAt = state === 'up' ? undefined : (partedAt ?? clock.now());
		if (state === 'up' && isGivenUp) beat();
	});
	return {
		async start() {
			await say(leaseMs);
			again();
		},
		async stop() {
			stopped = true;
			unwatch();
			callOff();
			await words;
			await say(0).catch(error => log.warn({err: error}, 'the lease of this node ends by itself'));
		},
		failed,
	};
}
