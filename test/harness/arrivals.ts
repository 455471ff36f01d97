/** How long a test waits for what must come before it says what is missing, ms. */
const patienceMs = 30_000;

export type Arrivals<T> = {
	/** To be called with each thing that comes. */
	push(value: T): void;
	/** All that came so far. */
	readonly all: readonly T[];
	/** Resolves to all that came once it is `count` or more. */
	reach(count: number): Promise<readonly T[]>;
	/** Resolves to the first that fits, among those that came and those to come. */
	find(fits: (value: T) => boolean): Promise<T>;
};

type Waiter = {readonly isDone: () => boolean; readonly resolve: () => void};

/**
 * Collects what comes and lets a test wait for the moment, never for a while. A wait that is not
 * fulfilled fails by saying what was awaited and what was seen.
 */
export function arrivals<T>(what: string): Arrivals<T> {
	const all: T[] = [];
	const waiters = new Set<Waiter>();
	const check = () => {
		for (const waiter of waiters) {
			if (!waiter.isDone()) continue;
			waiters.delete(waiter);
			waiter.resolve();
		}
	};
	const wait = async (wanted: string, isDone: () => boolean) => {
		if (isDone()) return;
		const {promise, resolve, reject} = Promise.withResolvers<void>();
		const fail = () => reject(new Error(`Waited for ${wanted} of ${what}, saw ${show(all)}`));
		const timer = setTimeout(fail, patienceMs);
		waiters.add({isDone, resolve});
		await promise.finally(() => clearTimeout(timer));
	};
	return {
		push(value) {
			all.push(value);
			check();
		},
		all,
		async reach(count) {
			await wait(`${count}`, () => all.length >= count);
			return [...all];
		},
		async find(fits) {
			await wait('one', () => all.some(fits));
			return all.find(fits) as T;
		},
	};
}

function show(values: readonly unknown[]): string {
	return `${values.length}: ${values.slice(0, 20).map(String).join(', ')}`;
}
