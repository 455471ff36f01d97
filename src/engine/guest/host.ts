/** The whole bridge out of the sandbox. Ignored callbacks return at once; the others wait for the host. */
export type Host = {
	/**
	 * Call `index` ended. Ignored. `kind` 0: `text` is its result; 1: its failure; 2: it is a line, and `text` the
	 * outcomes of all up to it that were not told of, `size` of them, with commas between.
	 */
	readonly emit: Emit;
	/** A printed line. Ignored. */
	readonly log: Log;
	/** Call `wake` in so many ms; a later wish replaces an earlier one. Ignored. */
	readonly wake: (delayMs: number) => void;
	/** So many random bytes, one a character. */
	readonly random: (bytes: number) => string;
	/** A domain in ASCII (UTS 46), '' if it is none. */
	readonly idna: (domain: string) => string;
};

export type Emit = (
	index: number,
	kind: number,
	text: string,
	leftover: boolean,
	cutLines: number,
	cutCharacters: number,
	size?: number,
) => void;

export type Log = (at: number, level: string, text: string) => void;
