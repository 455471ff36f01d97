import type {Death, Properties, Verdict} from '#transport/transport.ts';

/** What travels between exchanges and queues. */
export type Letter = {
	readonly exchange: string;
	readonly key: string;
	readonly body: Buffer;
	readonly properties: Properties;
	readonly death?: Death;
};

/** A letter in a queue. */
export type Stored = {
	readonly letter: Letter;
	readonly keeper: Keeper;
	/** Grows within its queue; what comes back keeps its place by it. */
	readonly place: number;
	/** When it expires, ms since the epoch, or Infinity. */
	readonly dueAt: number;
	/** How often it came back without a final verdict. */
	returns: number;
	/** `ready` waits in the queue, `held` is in hand, `gone` has left the queue. */
	state: 'ready' | 'held' | 'gone';
};

/** The queue that a letter is in, as far as its holders need it. */
export type Keeper = {
	settle(stored: Stored, verdict: Verdict): void;
	/** The holder is lost: back to the queue. */
	giveBack(stored: Stored): void;
	/** It waited too long. */
	expire(stored: Stored): void;
};
