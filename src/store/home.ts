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

/** What a server says of itself when it opens its home. */
export type HomeAbout = {
	readonly host: string;
	readonly version: string;
	/** The pool whose attempts it keeps in its own process, past the broker; null: none. */
	readonly localPool: string | null;
	/** It may hand attempts to other areas. */
	readonly areas: boolean;
};

/** A home as others see it. Times are ms since the epoch, by the clock of the leases. */
export type HomeView = HomeRow & {
	readonly live: boolean;
	/** It gave its lease up: it was stopped, or can't reach the broker. */
	readonly left: boolean;
	/** It is not to be shown; until it speaks once more. */
	readonly forgotten: boolean;
	/** Null: whoever opened it last did not say. */
	readonly about: HomeAbout | null;
	readonly openedAt: number | null;
	/** Its last word. */
	readonly heardAt: number | null;
};

/** What it says of itself in columns: all of it, or, if whoever opened it last did not say, none. */
export type HomeRecord = Omit<HomeView, 'about'> & {
	readonly [Name in keyof HomeAbout]: HomeAbout[Name] | null;
};

export function homeViewOf({host, version, localPool, areas, ...rest}: HomeRecord): HomeView {
	const isSaid = host !== null && version !== null && areas !== null;
	return {...rest, about: isSaid ? {host, version, localPool, areas} : null};
}
