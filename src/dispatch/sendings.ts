// What this server has sent to each worker and has not heard the end of: its share of their load. A message
// counts from the moment it is sent, so that two that are sent between two heartbeats do not meet in one
// worker because neither has been named yet.
import type {Class} from '#actors/lane.ts';
import type {Held, Live} from '#runtime/roster.ts';
import type {Placement} from '#runtime/runtime.ts';
import type {Candidate} from './strategy.ts';

export type Sendings = {
	/** A list is on its way to a worker. */
	sent(worker: string, pack: readonly Placement[], at: number): void;
	/** It did not get there. */
	failed(pack: readonly Placement[]): void;
	/** An attempt has ended; true: it was the last of its list. */
	ended(task: string, attempt: number): boolean;
	/** A worker said what it has; nothing of what was sent before `before` and is not named is with it. */
	heard(worker: string, held: readonly Held[], before: number): void;
	/** Nothing can be there any more. */
	forget(worker: string): void;
	/** Those to which something was sent that has not ended. */
	workers(): string[];
	/** How many lists of a class a worker has been given. */
	given(worker: string, priority: Class): number;
	candidate(live: Live, fn: string): Candidate;
};

type Sent = {
	readonly worker: string;
	readonly fn: string;
	readonly class: Class;
	readonly at: number;
	readonly open: Set<string>;
};

const nameOf = (task: string, attempt: number) => `${task} ${attempt}`;

export function createSendings(): Sendings {
	const byWorker = new Map<string, Set<Sent>>();
	const byAttempt = new Map<string, Sent>();
	/** Attempts that a worker named and somebody else has sent it. */
	const foreign = new Map<string, number>();

	const drop = (one: Sent) => {
		for (const name of one.open) if (byAttempt.get(name) === one) byAttempt.delete(name);
		const all = byWorker.get(one.worker);
		all?.delete(one);
		if (all?.size === 0) byWorker.delete(one.worker);
	};
	const end = (name: string): boolean => {
		const one = byAttempt.get(name);
		if (!one) return false;
		byAttempt.delete(name);
		one.open.delete(name);
		if (one.open.size === 0) drop(one);
		return one.open.size === 0;
	};
	const count = (worker: string, fits: (one: Sent) => boolean): number => {
		let sum = 0;
		for (const one of byWorker.get(worker) ?? []) if (fits(one)) sum++;
		return sum;
	};
	return {
		sent(worker, pack, at) {
			const [first] = pack;
			if (!first) return;
			const names = pack.map(({row}) => nameOf(row.id, row.attempt));
			const {function: fn, class: priority} = first.row;
			// A second copy of an attempt takes the place of the first in the books.
			for (const name of names) end(name);
			const one: Sent = {worker, fn, class: priority, at, open: new Set(names)};
			for (const name of names) byAttempt.set(name, one);
			byWorker.set(worker, (byWorker.get(worker) ?? new Set()).add(one));
		},
		failed(pack) {
			for (const {row} of pack) end(nameOf(row.id, row.attempt));
		},
		ended: (task, attempt) => end(nameOf(task, attempt)),
		heard(worker, held, before) {
			const named = new Set(held.map(({task, attempt}) => nameOf(task, attempt)));
			for (const one of byWorker.get(worker) ?? []) {
				if (one.at >= before) continue;
				for (const name of one.open) if (!named.has(name)) end(name);
			}
			let others = 0;
			for (const name of named) if (byAttempt.get(name)?.worker !== worker) others++;
			foreign.set(worker, others);
		},
		forget(worker) {
			for (const one of byWorker.get(worker) ?? []) drop(one);
			foreign.delete(worker);
		},
		workers: () => [...new Set([...byWorker.keys(), ...foreign.keys()])],
		given: (worker, priority) => count(worker, one => one.class === priority),
		candidate({worker, slots, warm, freeBytes, heardAt}, fn) {
			return {
				...{worker, slots, freeBytes},
				load: (byWorker.get(worker)?.size ?? 0) + (foreign.get(worker) ?? 0),
				unheard: count(worker, one => one.at > heardAt),
				warm: (warm[fn] ?? 0) + count(worker, one => one.fn === fn),
			};
		},
	};
}
