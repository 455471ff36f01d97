/**
 * The executors of one worker: child processes that run user code and nothing else.
 *
 * - A list of attempts of one version takes one slot and is run in its order; each is settled as it
 *   ends, exactly once, whatever happens to the executor.
 * - An executor that dies is replaced. If exactly one attempt was inside, it is charged `CRASHED`
 *   (or `MEMORY_LIMIT`, `TIMEOUT`, `CPU_LIMIT` where the supervisor killed it for that); if several
 *   were, none is, and each is run again alone in an executor kept for that (R25), until one takes that
 *   down, too. Attempts of a list that had not ended count as inside, for the news of an end may be lost
 *   with the process. What it was told to stop is run no more.
 * - `stop` ends a waiting or running attempt with `CANCELLED`, even inside `while (true)`.
 */
import type {Failure} from '#actors/failure.ts';
import type {Usage} from '#actors/task.ts';
import type {Build} from '#contract/build.ts';

export type Executors = {
	/** Executors alive and listening. */
	start(): Promise<void>;
	run(build: Build, items: readonly RunItem[], listener: RunListener): void;
	/** Ends every copy of it: a worker may hold two. False: it is not here (any more). */
	stop(task: string, attempt: number): boolean;
	/** Loads a build in a throwaway sandbox; a failure says what is wrong with the code. */
	check(build: Build): Promise<Failure | undefined>;
	/** All slots, and those that are free. */
	readonly slots: number;
	readonly free: number;
	report(): ExecutorReport;
	/** Resolves when all that was handed over is settled. */
	drain(): Promise<void>;
	/** Kills what is left. */
	close(): Promise<void>;
};

export type RunItem = {
	readonly task: string;
	readonly attempt: number;
	readonly input: Buffer;
	/** The caller's own limit, ms; null: the version's. */
	readonly wallMs: number | null;
	readonly deadline: number | null;
	/** Its input is a chunk (contract/chunk.ts), whose inputs have the limits each; it is alone in its list. */
	readonly isChunk?: boolean;
};

export type RunListener = {
	/** It is inside a sandbox now. */
	started(item: RunItem): void;
	settled(item: RunItem, outcome: RunOutcome): void;
};

export type RunOutcome = {
	readonly result?: Buffer;
	readonly failure?: Failure;
	/** A JSON array of lines. */
	readonly logs?: Buffer;
	/** `worker` is filled in by the worker. null: it was never inside an executor. */
	readonly usage: Omit<Usage, 'worker'> | null;
	/** So many executors died of its version, as far as this outcome tells; each death is told once. */
	readonly deaths?: number;
};

export type ExecutorReport = {
	/** Those that are ready for tasks; the one for suspects is none of them. */
	readonly executors: number;
	readonly restarts: number;
	/** Walls around them that this machine does not enforce; absent before they are started. */
	readonly missingWalls?: string[];
	/** Of all of them, the one for suspects too. */
	readonly rssBytes: number;
	/** Warm sandboxes by function name. */
	readonly warm: Readonly<Record<string, number>>;
	/** Attempts that ended inside, and how long they had their slots, all together, ms; absent where nobody counts. */
	readonly ended?: number;
	readonly slotMs?: number;
};
