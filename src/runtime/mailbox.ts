import {bytesOf, type Letter} from './letter.ts';

/** A letter on its way through the loop. */
export type Entry = {
	readonly letter: Letter;
	/** Decide on a fresh read. */
	readonly fresh: boolean;
	/**
	 * A commit it took part in has an unknown result: the number under which that doubt is held. It
	 * stays until the letter is settled (R6).
	 */
	readonly doubt?: number;
	/** It was found to exist, and it is looked up whether that is its own doing. */
	readonly isLookedUp?: boolean;
};

/** Letters in their order; a batch holds at most one for each task (R2). */
export type Mailbox = {
	put(entry: Entry): void;
	/** In front of all others: it was taken before and has to be decided again. */
	putBack(entries: readonly Entry[]): void;
	/**
	 * Letters of tasks that are `busy` in another batch stay. Large ones go a few at a time: a batch is one
	 * commit, which keeps the next one waiting, and the lease of its home.
	 */
	take(most: number, busy?: ReadonlySet<string>): Entry[];
	/** Takes out all of that kind, however many. */
	drop(isOne: (entry: Entry) => boolean): Entry[];
	readonly size: number;
};

const none: ReadonlySet<string> = new Set();
/** In one batch; a letter that alone is larger goes alone. */
const mostBytes = 32 * 2 ** 20;

export function createMailbox(): Mailbox {
	let queue: Entry[] = [];
	// Entries before `head` were taken; the array is cut when a batch empties it.
	let head = 0;
	return {
		put(entry) {
			queue.push(entry);
		},
		putBack(entries) {
			if (entries.length > 0) queue = [...entries, ...queue.slice(head)];
			if (entries.length > 0) head = 0;
		},
		take(most, busy = none) {
			const batch: Entry[] = [];
			const held: Entry[] = [];
			const tasks = new Set<string>();
			let bytes = 0;
			for (; head < queue.length && batch.length < most; head++) {
				const entry = queue[head] as Entry;
				const task = taskOf(entry.letter);
				const stays = tasks.has(task) || busy.has(task);
				if (!stays) bytes += bytesOf(entry.letter);
				if (bytes > mostBytes && batch.length > 0) break;
				(stays ? held : batch).push(entry);
				tasks.add(task);
			}
			queue = held.length > 0 ? [...held, ...queue.slice(head)] : head === queue.length ? [] : queue;
			if (held.length > 0 || queue.length === 0) head = 0;
			return batch;
		},
		drop(isOne) {
			const dropped: Entry[] = [];
			const kept: Entry[] = [];
			for (const entry of queue.slice(head)) (isOne(entry) ? dropped : kept).push(entry);
			[queue, head] = [kept, 0];
			return dropped;
		},
		get size() {
			return queue.length - head;
		},
	};
}

export function taskOf(letter: Letter): string {
	if (letter.kind === 'event' || letter.kind === 'adopt') return letter.task;
	return letter.kind === 'birth' ? letter.task.id : letter.actor;
}
