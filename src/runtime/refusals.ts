// What becomes of letters whose commit the store refused, or whose answer was lost: they are decided again until
// a commit takes them. What comes again by itself does not wait that long, whether a caller asks again or the
// broker delivers it once more: after some tries the store is shut, and such letters fail at once, until a commit
// without any letter gets through. And a letter that no commit takes fails alone.
import {type Failure, fail} from '#actors/failure.ts';
import {StoreTrouble} from '#store/store.ts';
import {comesAgain, ghostOf} from './letter.ts';
import {type Entry, type Mailbox, taskOf} from './mailbox.ts';

/** Tries of a batch that the store refuses; then it is shut. */
const patience = 3;
/** One refusal that takes so long says enough, ms: a database that does not answer is given up after 5 to 20 s. */
const slowMs = 5000;

export type Refusals = {
	/** Whoever waits is told now. */
	readonly areMany: boolean;
	/** Letters go one by one: among them is one that no commit takes. */
	readonly isNarrow: boolean;
	/** The store takes nothing: what to say of letters that come again. */
	readonly shut: Failure | undefined;
	/** A batch was refused, after so long. */
	met(error: unknown, tookMs: number): void;
	/** Those of its letters that are to be decided again. */
	again(entries: readonly Entry[], error: unknown): readonly Entry[];
	/** While the store is shut: fails all that come again. */
	turnAway(mailbox: Mailbox): void;
	/** A batch went through. */
	over(): void;
};

export const failureOf = (error: unknown): Failure =>
	error instanceof StoreTrouble ? error.failure : fail('INTERNAL');

/** @param changed the store is shut, or takes commits again; called before any letter fails for it */
export function createRefusals(changed: (isShut: boolean) => void): Refusals {
	let inARow = 0;
	let narrow = 0;
	let shut: Failure | undefined;
	const over = () => {
		inARow = 0;
		if (shut) changed(false);
		shut = undefined;
		narrow = Math.max(0, narrow - 1);
	};

	/** Whether it was committed after all is looked up later (R6). */
	const answered = (entry: Entry): Entry => {
		if (!shut || !comesAgain(entry.letter)) return entry;
		entry.letter.settle({how: 'failed', failure: shut});
		return {...entry, fresh: true, letter: ghostOf(taskOf(entry.letter))};
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
		get shut() {
			return shut;
		},
		met(error, tookMs) {
			inARow += tookMs >= slowMs ? patience : 1;
			if (inARow < patience || !(error instanceof StoreTrouble)) return;
			if (!shut) changed(true);
			shut = error.failure;
		},
		again(entries, error) {
			if (error instanceof StoreTrouble) return entries.map(answered);
			return suspect(entries, failureOf(error));
		},
		turnAway(mailbox) {
			if (!shut) return;
			const waiting = mailbox.drop(({letter}) => comesAgain(letter));
			const ghosts = waiting.map(answered).filter(({doubt}) => doubt !== undefined);
			mailbox.putBack(ghosts);
		},
		over,
	};
}
