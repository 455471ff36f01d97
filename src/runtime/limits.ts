// How many attempts of a function may be placed at the same time, by its policy (`concurrency`). What is
// placed counts as running: a worker may begin it at any moment.
//
// A home that is alone knows all that is placed. Where several work on one store, what others have placed is
// only known as of the last look, so the store judges each placement (`most`), and what it refuses says
// that there is no room until something ends here, another home says that it has left some, or the next look.
import type {Stock} from '#store/store.ts';
import type {Stocktaking} from './stocktaking.ts';

export type Limits = {
	/** Those that have one. */
	readonly functions: ReadonlyMap<string, number>;
	/** Grows whenever functions may have got a limit, or lost theirs. */
	readonly version: number;
	/**
	 * Those of which something may have come to wait, or to have room, since they were taken out: whoever finds
	 * that it has not takes them out, so that nobody goes through all that have a limit.
	 */
	readonly open: Set<string>;
	/** How many more of it may be placed, as far as is known; infinite without a limit. */
	free(fn: string): number;
	/** Of all homes, as far as is known. */
	placed(fn: string): number;
	/** A batch in hand places one more, if its commit succeeds. */
	reserve(fn: string): void;
	/** It is over. */
	release(fn: string): void;
	/** This home, or another one (`theirs`), has so many more in the broker. */
	add(fn: string, ours: number, theirs: number): void;
	/** Those of which something has ended here since it was asked last. */
	takeFreed(): Iterable<string>;
	/** The store has found no room. */
	full(fn: string): void;
	count(stock: Stocktaking): void;
	/** Limits have changed. True: of some it is not known how many are placed; until then none has room. */
	changed(): boolean;
};

type Known = {ours: number; theirs: number; reserved: number};

/**
 * @param functions the limits as they are now, by function
 * @param wrong called when the store has refused what should have had room
 */
export function createLimits(functions: ReadonlyMap<string, number>, wrong: () => void): Limits {
	const known = new Map<string, Known>();
	const open = new Set<string>();
	let version = 0;
	let freed = new Set<string>();
	const of = (stock: readonly Pick<Stock, 'function' | 'placed'>[]): Map<string, number> => {
		const sums = new Map<string, number>();
		for (const {function: fn, placed} of stock) {
			if (functions.has(fn)) sums.set(fn, (sums.get(fn) ?? 0) + placed);
		}
		return sums;
	};
	const renew = () => {
		version++;
		for (const fn of functions.keys()) open.add(fn);
	};
	return {
		...{functions, open},
		get version() {
			return version;
		},
		free(fn) {
			const most = functions.get(fn);
			if (most === undefined) return Number.POSITIVE_INFINITY;
			const now = known.get(fn);
			return now ? Math.max(0, most - now.ours - now.theirs - now.reserved) : 0;
		},
		placed(fn) {
			const {ours = 0, theirs = 0} = known.get(fn) ?? {};
			return ours + theirs;
		},
		reserve(fn) {
			const now = known.get(fn);
			if (now) now.reserved++;
		},
		release(fn) {
			const now = known.get(fn);
			// It may have been counted anew meanwhile.
			if (!now || now.reserved === 0) return;
			now.reserved--;
			open.add(fn);
		},
		add(fn, ours, theirs) {
			const now = known.get(fn);
			if (!now) return;
			open.add(fn);
			now.ours += ours;
			now.theirs = Math.max(0, now.theirs + theirs);
			if (ours < 0) freed.add(fn);
		},
		takeFreed() {
			if (freed.size === 0) return freed;
			const taken = freed;
			freed = new Set();
			return taken;
		},
		full(fn) {
			const now = known.get(fn);
			if (now) now.theirs = Math.max(now.theirs, (functions.get(fn) ?? 0) - now.ours);
			wrong();
		},
		count({waiting, placed}) {
			known.clear();
			renew();
			if (functions.size === 0) return;
			const all = of(waiting);
			const own = of(placed);
			for (const fn of functions.keys()) {
				const ours = own.get(fn) ?? 0;
				known.set(fn, {ours, theirs: Math.max(0, (all.get(fn) ?? 0) - ours), reserved: 0});
			}
		},
		changed() {
			renew();
			for (const fn of known.keys()) if (!functions.has(fn)) known.delete(fn);
			for (const fn of functions.keys()) if (!known.has(fn)) return true;
			return false;
		},
	};
}
