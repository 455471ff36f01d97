import type {Failure} from '#actors/failure.ts';
import type {Policy} from '#actors/policy.ts';
import type {Grant, Ran, Task, TaskEvent, TaskTimer} from '#actors/task.ts';
import type {Deploy, LogRow, Retire, TaskRow, Tidy, Timer} from '#store/store.ts';

/** Something for a task, in its mailbox. */
export type Letter = Birth | Event | Direct | Adopt;

/** A new task. */
export type Birth = {
	readonly kind: 'birth';
	readonly task: Task;
	readonly input: Buffer;
	/** It ran out of time before it came here: it is born and ends in one commit (R11). */
	readonly expired: boolean;
	settle(settled: Settled): void;
};

/** Something that happened to a task. */
export type Event = {
	readonly kind: 'event';
	readonly task: string;
	/** As it was read a moment ago: it need not be read again. If it has changed since, the commit says so (R1). */
	readonly seen?: TaskRow;
	/** For the counters: `outcome`, `claim`, `retry`, `cancel` … */
	readonly name: string;
	/** What it means for the task as it is; undefined: nothing (it is over, or another attempt's). */
	read(row: TaskRow, world: World): readonly TaskEvent[] | undefined;
	/** Decided on a fresh read only (R13). */
	readonly fresh?: boolean;
	readonly result?: Buffer | undefined;
	readonly log?: LogRow | undefined;
	/** What it has dispatched goes straight to a live worker. */
	readonly straight?: boolean;
	/** Whoever sent it sends it again if it failed: a caller who is told, or the broker. */
	readonly comesAgain?: boolean;
	settle(settled: Settled): void;
};

/** A change that no machine of a task decides: a function's row, a timer that fits no more (R18). */
export type Direct = {
	readonly kind: 'direct';
	/** Whose mailbox it goes through. */
	readonly actor: string;
	readonly change: Deploy | Retire | Tidy;
	/** Whoever sent it sends it again if it failed. */
	readonly comesAgain?: boolean;
	settle(settled: Settled): void;
};

/**
 * Of a home that lives no more (R19): an end that it may not have told, or an attempt that it has put into the
 * broker for sure. Whoever commits becomes the home, tells the end, and looks after the attempt.
 */
export type Adopt = {
	readonly kind: 'adopt';
	readonly task: string;
	/** The home that lives no more. */
	readonly from: string;
	/** `end`: it was over when it was looked at; else the number of the last commit that has surely put its attempt there. */
	readonly what: 'end' | {readonly sentBy: number};
	settle(settled: Settled): void;
};

/** What the law is given with each event, so that it needs no clock, no dice and no store. */
export type World = {
	readonly now: number;
	/** A number in [0, 1). */
	jitter(): number;
	/** There is room for an attempt of this one in the broker's window. */
	room(task: Task): boolean;
	policy(version: string): Policy;
	/** The store is to judge whether so many of a function are placed; undefined: it need not. */
	most(fn: string): number | undefined;
	/** A worker's word that it runs this attempt; undefined: nobody does, as far as was heard. */
	ran(task: string, attempt: number): Ran | undefined;
};

export type Settled =
	/** It was committed; `row` is what the task is now. */
	| {
			readonly how: 'committed';
			readonly row: TaskRow;
			readonly was: TaskRow | undefined;
			readonly grant?: Grant;
	  }
	/** It changes nothing: over, stale, not allowed. `row` is undefined if there is no such task. */
	| {readonly how: 'passed'; readonly row: TaskRow | undefined; readonly grant?: Grant}
	/** A direct change was committed, or another one came before it. */
	| {readonly how: 'applied' | 'conflict'}
	/** A birth found its id, or its function and key, taken. */
	| {readonly how: 'exists'}
	/** The store cannot take it. Nothing was changed, as far as can be known. */
	| {readonly how: 'failed'; readonly failure: Failure};

/** It is decided on a fresh read only. */
export const isFresh = (letter: Letter): boolean =>
	letter.kind === 'adopt' || (letter.kind === 'event' && letter.fresh === true);

/** It is better refused than kept waiting, while the store takes nothing. */
export const comesAgain = (letter: Letter): boolean =>
	letter.kind === 'birth' || (letter.kind !== 'adopt' && letter.comesAgain === true);

/** What it has the store write, as far as it may be large. */
export function bytesOf(letter: Letter): number {
	switch (letter.kind) {
		case 'birth':
			return letter.input.length;
		case 'event':
			return (letter.result?.length ?? 0) + (letter.log?.lines.length ?? 0);
		case 'direct': {
			const {code, map = null} = (letter.change.kind === 'deploy' && letter.change.version) || {};
			return (code?.length ?? 0) + (map?.length ?? 0);
		}
		case 'adopt':
			return 0;
	}
}

/** Stands for a letter that was answered already, and whose task is only looked up (R6). */
export const ghostOf = (task: string): Event => ({
	...{kind: 'event', task, name: 'ghost', read: () => undefined, settle: () => {}},
});

/** The timers of the store for a task's timers. */
export function timerRows(task: Task, timers: readonly TaskTimer[]): Timer[] {
	return timers.map(({kind, at}) => ({task: task.id, kind, at, attempt: task.attempt}));
}
