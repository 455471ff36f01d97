/**
 * Of which versions executors may make sandboxes before they are asked for. To make one runs the top of a module while
 * nobody is inside, so nobody can be charged if the executor dies of it: that version is not made ahead again.
 */
export type Stocking = {
	allows(digest: string): boolean;
	/** An executor died while it made one of this version. */
	diedOf(digest: string): void;
};

/** More than these are forgotten, oldest first: it costs an executor, and nobody who is inside. */
const mostVersions = 10_000;

export function createStocking(): Stocking {
	const deadly = new Set<string>();
	return {
		allows: digest => !deadly.has(digest),
		diedOf(digest) {
			deadly.add(digest);
			if (deadly.size > mostVersions) deadly.delete(deadly.keys().next().value as string);
		},
	};
}

/** For executors in which suspects run alone. */
export const unstocked: Stocking = {allows: () => false, diedOf() {}};
