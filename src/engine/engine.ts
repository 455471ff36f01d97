/**
 * Runs user code of one runtime, inside an executor process.
 *
 * - `open` makes a sandbox for a build: code that does not compile, or whose handler is not a
 *   function, is a `BUILD_FAILED` failure that names the file and the line as the author knows them.
 * - A sandbox runs one call at a time. Input and result are JSON texts; nothing is parsed outside it.
 * - Limits are kept whatever the code does: a call that overruns them ends with TIMEOUT, CPU_LIMIT
 *   or MEMORY_LIMIT. If the sandbox can't be ended from inside the process, `run` does not settle
 *   and `stuck` is called: the supervisor then kills the process.
 * - After a limit, a crash or leftover work a sandbox is `spent` and must be closed, never used again.
 * - Nothing of the host is visible inside: no path, no stack, no environment, no handle.
 */
import type {Failure} from '#actors/failure.ts';
import type {Build} from '#contract/build.ts';

export type Engine = {
	open(build: Build): Promise<Sandbox | Failure>;
	/** How many blank sandboxes are ready, and how many bytes all of them use. */
	report(): {readonly blank: number; readonly heapBytes: number};
	close(): Promise<void>;
};

export type Sandbox = {
	run(call: Call, signal: AbortSignal): Promise<CallOutcome>;
	/** It can't be trusted with another call. */
	readonly spent: boolean;
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

export type CallOutcome = {
	/** The JSON text the function returned; undefined for a failure. */
	readonly result?: Buffer;
	readonly failure?: Failure;
	/** Lines printed with `console` or `ctx.log`: a JSON array of {at, level, text}. */
	readonly logs?: Buffer;
	readonly runMs: number;
	readonly cpuMs: number;
	readonly heapBytes: number;
};

/** The most an input or a result may have: 8 MiB (DESIGN §6). */
export const mostPayloadBytes = 8 * 1024 * 1024;
