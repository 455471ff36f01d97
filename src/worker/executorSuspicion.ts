/** The death of an executor that can be charged to nobody: its suspects run again, each alone. */
export type Suspicion = {
	/**
	 * One of them has ended; `guilty`: it took its executor down again, and tells of that itself. Gives how
	 * many deaths are left to tell: one, with the last of them, if nobody was guilty.
	 */
	ended(guilty: boolean): number;
};

export function createSuspicion(suspects: number): Suspicion {
	let open = suspects;
	let solved = false;
	return {
		ended(guilty) {
			open -= 1;
			solved ||= guilty;
			return open === 0 && !solved ? 1 : 0;
		},
	};
}
