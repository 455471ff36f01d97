// A home: one server, by its `node.id`, as the store knows it over all its lives.

export type HomeRow = {
	readonly home: string;
	/** Grows at every `open`. */
	readonly epoch: number;
	/** The greatest number of its commits; goes on over epochs. */
	readonly seq: number;
	/** The effects of all commits up to here were done and confirmed. */
	readonly actedThrough: number;
};

export type Lease = {
	readonly home: string;
	readonly epoch: number;
	/** Of commits; others would hear of them only with its next one. */
	readonly actedThrough: number;
	/** For how many ms from now; 0: it has left. */
	readonly leaseMs: number;
};

/** A home as others see it. */
export type HomeView = HomeRow & {readonly live: boolean};
