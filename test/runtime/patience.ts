import type {Store} from '#store/store.ts';

/** What is asked of a database is on its way for many turns of the event loop: then nothing is quiet. */
export type Patience = {
	with(store: Store): Store;
	during<T>(asked: Promise<T>): Promise<T>;
	readonly waits: boolean;
	/** Resolves when nothing is on its way. */
	over(): Promise<void>;
};

export function createPatience(): Patience {
	const open = new Set<Promise<unknown>>();
	const during = <T>(asked: Promise<T>): Promise<T> => {
		open.add(asked);
		const done = () => void open.delete(asked);
		asked.then(done, done);
		return asked;
	};
	const counted =
		(verb: (...given: readonly unknown[]) => Promise<unknown>) =>
		(...given: readonly unknown[]) =>
			during(verb(...given));
	return {
		with(store) {
			// What was found broken is told at once.
			const verbs = Object.entries(store).map(([name, verb]) => [
				name,
				typeof verb === 'function' && name !== 'damage'
					? counted(verb as Parameters<typeof counted>[0])
					: verb,
			]);
			return Object.fromEntries(verbs) as Store;
		},
		during,
		get waits() {
			return open.size > 0;
		},
		async over() {
			while (open.size > 0) await Promise.allSettled(open);
		},
	};
}
