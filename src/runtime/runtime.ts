/**
 * Hosts the task actors of one home: takes letters, decides by the machines, commits, and acts.
 *
 * - Letters for one task are taken in their order; a letter is decided on what its forerunners
 *   committed, never on less (R2).
 * - Nothing leaves before its commit (R3): no dispatch, no reply, no answer to the letter.
 * - A letter is settled once: after its commit, or when a fresh read has shown that it changes
 *   nothing (R4).
 * - What a commit owes to the world is carried out, or is done again after the next start.
 */

import type {Lane} from '#actors/lane.ts';
import type {TaskState} from '#actors/task.ts';
import type {Store, TaskRow} from '#store/store.ts';
import type {Letter} from './letter.ts';
import type {Reports} from './reports.ts';
import type {Roster} from './roster.ts';

export type Runtime = {
	/** Puts a letter into its task's mailbox. */
	tell(letter: Letter): void;
	/** Settles (with the reason) if this home must stop by itself: another process has opened it. */
	readonly failed: Promise<Error>;
	/** Takes nothing new and resolves when every letter is settled. */
	stop(): Promise<void>;
};

/** An attempt on its way to a worker. */
export type Placement = {
	readonly row: TaskRow;
	/** It may have been published before (R9). */
	readonly again: boolean;
	/** Past its pool's queue to a live worker, if there is one: a lost one may still be given what is queued. */
	readonly straight: boolean;
	readonly input: Buffer;
};

/** Puts attempts where workers find them: `src/dispatch` has the ways. */
export type Dispatch = {
	/**
	 * Publishes, and goes on trying until the broker has them; a publish whose confirm was lost is
	 * repeated `again` (R9). `placed` is called for each, and again if it goes on to somewhere else.
	 */
	place(placements: readonly Placement[], placed: Placed): void;
	/** An attempt of this version took this long in its sandbox; packs are sized by it. */
	measured(version: string, runMs: number): void;
	/** It is in this process: it waits there to be sent, or it is in the hands of the worker there. */
	holds(task: string, attempt: number): boolean;
	/** What was placed in this pool, and has not ended, may still end after this process has died. */
	outlives(pool: string): boolean;
	/** The process before may have handed it to another area, where nobody follows it any more; unless given: never. */
	mayBeAway?(row: Pick<TaskRow, 'spill'>): boolean;
};

/** What a way of dispatch is given of its home. */
export type Office = {
	readonly home: string;
	readonly epoch: number;
	/** For so long after its last word nobody takes up what it has placed. */
	readonly leaseMs: number;
	readonly roster: Roster;
	/** For a worker in this process. */
	readonly reports: Reports;
	/** For what is not kept until its turn comes. */
	readonly store: Pick<Store, 'inputs'>;
	/** Aborted: the home decides nothing any more. */
	readonly over: AbortSignal;
	/** How many attempts of a lane this home has placed. */
	readonly load: (lane: Lane) => number;
};

/** `to`: it is with this worker, or in its mailbox; null: in its pool's queue. */
export type Placed = (placement: Omit<Placement, 'input'>, to: string | null) => void;

/** What follows a commit, in the world. A promise resolves when it is done for good. */
export type Outlet = {
	/** To the address the caller left. Without `result` it is read from the store. */
	reply(row: TaskRow, result: Buffer | undefined): Promise<void>;
	/** The copy for `warren.dead`. */
	bury(row: TaskRow): Promise<void>;
	/** The worker that has it must stop it, or never start it (R24). */
	stop(task: string, attempt: number): void;
	/** Tells whoever listens that a task has entered a state. */
	tell(row: TaskRow, state: TaskState): void;
};
