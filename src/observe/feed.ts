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
	/** Told when the first one comes to listen, and when the last one has gone. */
	watch(watcher: (heard: boolean) => void): () => void;
};

export function createFeed(): Feed {
	const listeners = new Set<(happening: Happening) => void>();
	const watchers = new Set<(heard: boolean) => void>();
	const leave = (listener: (happening: Happening) => void) => {
		if (listeners.delete(listener) && listeners.size === 0) for (const watcher of watchers) watcher(false);
	};
	return {
		tell(happening) {
			for (const listener of listeners) {
				try {
					listener(happening);
				} catch {
					leave(listener);
				}
			}
		},
		listen(listener) {
			listeners.add(listener);
			if (listeners.size === 1) for (const watcher of watchers) watcher(true);
			return () => leave(listener);
		},
		watch(watcher) {
			watchers.add(watcher);
			return () => void watchers.delete(watcher);
		},
		get heard() {
			return listeners.size > 0;
		},
	};
}
