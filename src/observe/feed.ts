import type {Happening} from '#contract/status.ts';

/**
 * Tells those who listen what happened, in order, after its commit. Nothing is kept: a listener
 * hears what happens while it listens. A listener that throws is dropped.
 */
export type Feed = {
	tell(happening: Happening): void;
	listen(listener: (happening: Happening) => void): () => void;
	/** So that nobody builds a happening that nobody hears. */
	readonly heard: boolean;
};

export function createFeed(): Feed {
	const listeners = new Set<(happening: Happening) => void>();
	return {
		tell(happening) {
			for (const listener of listeners) {
				try {
					listener(happening);
				} catch {
					listeners.delete(listener);
				}
			}
		},
		listen(listener) {
			listeners.add(listener);
			return () => void listeners.delete(listener);
		},
		get heard() {
			return listeners.size > 0;
		},
	};
}
