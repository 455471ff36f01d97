/** How long a test waits for what must come before it says what is missing, ms. */
const patienceMs = 30_000;

export type Arrivals<T> = {
	/** To be called with each thing that comes. */
	push(value: T): void;
	/** All that came so far. */
	readonly all: readonly T[];
	/** Resolves to all that came once it is `count` or more. */
	reach(count: number): Promise<readonly T[]>;
	/** Resolves to the first that fits, among those that came and those to come; each is asked about once. */
	find(fits: (value: T) => boolean): Promise<T>;
};

/** Hears each new value; true when it has seen enough. */
type Waiter<T> = (value: T) => boolean;

/**
 * Collects what comes and lets a test wait for the moment, never for a while. A wait that is not
 * fulfilled fails by saying what was awaited and what was seen.
 */
export function arrivals<T>(what: string): Arrivals<T> {
	const all: T[] = [];
	const waiters = new Set<Waiter<T>>();
	const wait = async (wanted: string, enough: Waiter<T>) => {
		const {promise, resolve, reject} = Promise.withResolvers<void>();
		const waiter = (value: T) => {
			const done = enough(value);
			if (done) resolve();
			return done;
		};
		waiters.add(waiter);
		const fail = () => reject(new Error(`Waited for ${wanted} of ${what}, saw ${show(all)}`));
		const timer = setTimeout(fail, patienceMs);
		await promise.finally(() => {
			clearTimeout(timer);
			waiters.delete(waiter);
		});
	};
	return {
		push(value) {
			all.push(value);
			for (const waiter of waiters) if (waiter(value)) waiters.delete(waiter);
		},
		all,
		async reach(count) {
			if (all.length < count) await wait(`${count}`, () => all.length >= count);
			return [...all];
		},
		async find(fits) {
			let found = all.find(fits);
			if (found !== undefined) return found;
			await wait('a certain one', value => {
				if (!fits(value)) return false;
				found = value;
				return true;
			});
			return found as T;
		},
	};
}

function show(values: readonly unknown[]): string {
	return `${values.length}: ${values.slice(0, 20).map(String).join(', ')}`;
}
