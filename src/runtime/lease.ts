// A home's word that it lives, where several nodes share a store (R19, R20). Whoever finds its lease over,
// because its process or its store stood still, has nothing to undo: its late decisions lose against the
// revisions of those who adopted its tasks. It renews the lease and goes on.

import type {Ambient} from '#observe/observe.ts';
import {Fenced, type HomeRow, type Store} from '#store/store.ts';
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
	readonly home: HomeRow;
	readonly watermark: Watermark;
	readonly leaseMs: number;
};

/** So many renewals to a lease: two may be lost. */
export const renewals = 3;

export function keepLease({clock, log}: Ambient, {store, home, watermark, leaseMs}: Parts): Lease {
	const {promise: failed, resolve: fail} = Promise.withResolvers<Error>();
	let stopped = false;
	let callOff = () => {};
	const renew = (ms: number) =>
		store.renew({home: home.home, epoch: home.epoch, actedThrough: watermark.actedThrough, leaseMs: ms});
	const again = () => {
		if (stopped) return;
		callOff = clock.after(leaseMs / renewals, () => {
			void renew(leaseMs)
				.catch(error => {
					if (error instanceof Fenced) fail(error);
					log.warn({err: error}, 'the lease of this node could not be renewed; trying again');
				})
				.then(again);
		});
	};
	return {
		async start() {
			await renew(leaseMs);
			again();
		},
		async stop() {
			stopped = true;
			callOff();
			await renew(0).catch(error => log.warn({err: error}, 'the lease of this node ends by itself'));
		},
		failed,
	};
}
