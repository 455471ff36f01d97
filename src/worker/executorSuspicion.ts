/** The death of an executor that can be charged to nobody: its suspects run again, each alone. */
export type Suspicion = {
	/**
	 * One of them has ended; `guilty`: it took its executor down again, and tells of that itself. Gives how
	 * many deaths are left to tell: one, with the last of them, if nobody was guilty.
	 */
	ended(version: string, guilty: boolean): number;
	/** The version of the last that was guilty; undefined: nobody has been so far. */
	readonly guilty: string | undefined;
};

/** @param isCounted they are all of one version, which so has cost an executor */
export function createSuspicion(suspects: number, isCounted: boolean): Suspicion {
	let open = suspects;
	let found: string | undefined;
	return {
		ended(version, guilty) {
			open -= 1;
			if (guilty) found = version;
			return isCounted && open === 0 && found === undefined ? 1 : 0;
		},
		get guilty() {
			return found;
		},
	};
}
