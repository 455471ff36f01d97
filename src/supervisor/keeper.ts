// The worker's side of its channel to the supervisor that keeps it: it says its id once it takes work, and that it
// drains, whoever told it; and it answers whenever it is asked, so that one that stands still is told from one that
// only has nothing to say.
import process from 'node:process';

/** The variable in which a worker finds who keeps it. */
export const keeperVariable = 'WARREN_SUPERVISOR';

/** What a worker says over its channel: who it is, that it drains, or that it goes on: the answer to each question. */
export type Word = {readonly worker: string} | 'drains' | 'goes on';

export type Keeper = {
	readonly id: string;
	say(word: Word): void;
};

/** Who keeps this process, and is answered from now on; undefined: nobody keeps it. */
export function findKeeper(): Keeper | undefined {
	const id = process.env[keeperVariable];
	if (id === undefined) return undefined;
	// What can't be said, because the supervisor was killed just now, must not end who is to drain then.
	const say = (word: Word) => void (process.connected && process.send?.(word, undefined, {}, () => {}));
	// As the event loop reads it: one that does not turn says nothing.
	process.on('message', () => say('goes on'));
	return {id, say};
}
