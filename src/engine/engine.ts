/**
 * Runs user code of one runtime, inside an executor process.
 *
 * - `open` makes a sandbox for a build: code that does not compile, that throws when it is loaded, or
 *   whose handler is not a function, is a `BUILD_FAILED` failure that names the file and the line as
 *   the author knows them. Loading is under the build's limits too.
 * - A sandbox runs one list of calls at a time, in their order, one call after the other. Input and
 *   result are JSON texts; nothing is parsed outside it.
 * - Limits are kept for each call, whatever the code does: a call that overruns them ends with TIMEOUT,
 *   CPU_LIMIT or MEMORY_LIMIT. If the sandbox can't be ended from inside the process, `run` does not
 *   settle and `stuck` is called: the supervisor then kills the process.
 * - After a limit, a crash or leftover work a sandbox is `spent` and must be closed, never used again.
 *   The calls of its list that had not begun are not told of: take them to another sandbox.
 * - Nothing of the host is visible inside: no path, no stack, no environment, no handle.
 */
import type {Failure} from '#actors/failure.ts';
import type {Build} from '#contract/build.ts';

export type Engine = {
	open(build: Build, watch: OpenWatch, signal?: AbortSignal): Promise<Sandbox | Failure>;
	report(): EngineReport;
	close(): Promise<void>;
};

export type EngineReport = {
	/** How many blank sandboxes are ready, and how many bytes all sandboxes use. */
	readonly blank: number;
	readonly heapBytes: number;
};

/** What the executor hears. After `stuck` the sandbox can't be ended from inside the process. */
export type OpenWatch = {stuck(failure: Failure): void};
export type RunWatch = {
	/** Once for each call that ended. */
	ended(index: number, outcome: CallOutcome): void;
	/** -1: none of these calls, of which those that have not ended have not begun either; it is what others left. */
	stuck(index: number, failure: Failure): void;
};

export type Sandbox = {
	/** Resolves when nothing of the list is inside any more. */
	run(calls: readonly Call[], watch: RunWatch): Promise<void>;
	/** Runs lines of a chunk, as a list of calls with the limits of `call`; `stop` counts them from `first`. */
	runLines(lines: Lines, watch: LinesWatch): Promise<void>;
	/** Ends a call of the running list with CANCELLED, begun or not. */
	stop(index: number): void;
	/** The call inside; -1: none. */
	readonly inside: number;
	/** It can't be trusted with another call. */
	readonly spent: boolean;
	readonly heapBytes: number;
	close(): void;
};

export type Call = {
	readonly task: string;
	readonly attempt: number;
	readonly input: Buffer;
	/** The least of the version's limit, the caller's and the deadline. */
	readonly wallMs: number;
	readonly cpuMs: number;
	/** ms since the epoch, shown to the function as `ctx.deadline`. */
	readonly deadline: number | null;
};

/** Neighbours of a chunk (contract/chunk.ts). */
export type Lines = {
	/** Of the whole chunk; its `input` is not looked at. */
	readonly call: Call;
	/** The inputs, a JSON text without line breaks each, with a line break between. */
	readonly text: string;
	/** Of the chunk's lines, the first of these; shown to the function as `ctx.index`. */
	readonly first: number;
	readonly count: number;
};

export type LinesWatch = RunWatch & {
	/** So many lines, from `first` of `Lines` on counted, returned something. @param text `{"value": …}` of each, with commas between */
	values(first: number, count: number, text: string, used: CallUsage): void;
	/** What these have printed, as in an outcome; before `runLines` resolves. */
	printed(logs: Buffer): void;
};

export type CallUsage = {
	readonly runMs: number;
	readonly cpuMs: number;
	readonly heapBytes: number;
	/** How often it called the host across the wall of its sandbox. */
	readonly hostCalls: number;
};

export type CallOutcome = CallUsage & {
	/** The JSON text the function returned; undefined for a failure. */
	readonly result?: Buffer;
	readonly failure?: Failure;
	/** Lines printed with `console` or `ctx.log`: a JSON array of {at, level, text}. */
	readonly logs?: Buffer;
};

/** The most an input or a result may have: 8 MiB. */
export const mostPayloadBytes = 8 * 1024 * 1024;
