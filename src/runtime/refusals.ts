// What becomes of letters whose commit the store refused, or whose answer was lost: they are decided again until
// a commit takes them. A birth's caller does not wait that long, and a letter that no commit takes fails alone.
import {type Failure, fail} from '#actors/failure.ts';
import {StoreTrouble} from '#store/store.ts';
import {ghostOf} from './letter.ts';
import type {Entry} from './mailbox.ts';

/** Tries of a batch that the store refuses; then its births are answered with the failure. */
const patience = 3;

export type Refusals = {
	/** Whoever waits is told now. */
	readonly areMany: boolean;
	/** Letters go one by one: among them is one that no commit takes. */
	readonly isNarrow: boolean;
	/** A batch was refused. */
	met(): void;
	/** Those of its letters that are to be decided again. */
	again(entries: readonly Entry[], error: unknown): readonly Entry[];
	/** A batch went through. */
	over(): void;
};

export const failureOf = (error: unknown): Failure =>
	error instanceof StoreTrouble ? error.failure : fail('INTERNAL');

export function createRefusals(): Refusals {
	let inARow = 0;
	let narrow = 0;
	const over = () => {
		inARow = 0;
		narrow = Math.max(0, narrow - 1);
	};

	/** A birth is answered after some tries; whether it was committed after all is looked up later (R6). */
	const answered = (entry: Entry, failure: Failure): Entry => {
		if (entry.letter.kind !== 'birth' || inARow < patience) return entry;
		entry.letter.settle({how: 'failed', failure});
		return {...entry, letter: ghostOf(entry.letter)};
	};

	/** A bug, in one of them: each is tried by itself, so that it fails no neighbour (R1). */
	const suspect = (entries: readonly Entry[], failure: Failure): readonly Entry[] => {
		const [only, ...others] = entries;
		if (others.length > 0) narrow = entries.length;
		if (!only || others.length > 0 || inARow < patience) return entries;
		// Its doubt stays held: what it may owe is looked at by the next start.
		only.letter.settle({how: 'failed', failure});
		over();
		return [];
	};

	return {
		get areMany() {
			return inARow >= patience;
		},
		get isNarrow() {
			return narrow > 0;
		},
		met() {
			inARow++;
		},
		again(entries, error) {
			const failure = failureOf(error);
			if (!(error instanceof StoreTrouble)) return suspect(entries, failure);
			return entries.map(entry => answered(entry, failure));
		},
		over,
	};
}
