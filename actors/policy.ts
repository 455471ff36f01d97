import type {Class} from './lane.ts';

/** What a function may use, where it runs, and how its failures are treated. Times in ms, memory in MiB. */
export type Policy = {
	/** Wall-clock time of one attempt. */
	readonly wallMs: number;
	/** CPU time of one attempt. */
	readonly cpuMs: number;
	/** Heap of one sandbox. */
	readonly memoryMb: number;
	/** Charged attempts before a user failure is final. */
	readonly maxAttempts: number;
	/** Attempts before a failure of Warren itself is final; a crash has so many at least. Lost workers are not counted. */
	readonly infraAttempts: number;
	readonly backoff: Backoff;
	/** `reuse`: one warm sandbox per version, one call at a time. `fresh`: a new sandbox per call. */
	readonly isolation: 'reuse' | 'fresh';
	/** Absent: the node's own rule. */
	readonly breaker?: Breaker;
	/** Of its tasks that wait for a worker or run, at once; more are refused. Absent: no bound. */
	readonly maxQueued?: number;
	/** Of its attempts that run at the same time, in the whole cluster; the others wait. Absent: no limit. */
	readonly concurrency?: number;
	/** The workers that run it; absent: `default`. */
	readonly pool?: string;
	/** Tags that these must have; absent: none. */
	readonly needs?: string[];
	/** Of its tasks that name none; absent: `normal`. */
	readonly class?: Class;
	/** Its tasks that do not say otherwise may run in another area; absent: they may not. */
	readonly spill?: boolean;
};

/** So many executors that die of one version within the window pause its function; 0 crashes: never. */
export type Breaker = {readonly crashes: number; readonly windowMs: number};

/** What a node does unless told otherwise. */
export const defaultBreaker: Breaker = {crashes: 5, windowMs: 60_000};

export type Backoff = {readonly baseMs: number; readonly factor: number; readonly maxMs: number};

/** What a function has that says nothing else; the settings `defaults.*` change it. */
export const defaultPolicy: Policy = {
	wallMs: 30_000,
	cpuMs: 10_000,
	memoryMb: 128,
	maxAttempts: 1,
	infraAttempts: 3,
	backoff: {baseMs: 1000, factor: 2, maxMs: 300_000},
	isolation: 'reuse',
};

/** At most 20 minutes of wall time: under the 30 minutes after which a broker takes a delivery back. */
export const mostWallMs = 20 * 60_000;

/**
 * How long to wait before the next try.
 * @param charged how many attempts were charged so far, from 1
 * @param jitter a number in [0, 1), rolled by the caller; the delay is spread over its upper half
 *   ("equal jitter", so that a retry is never immediate and a herd is still broken up)
 */
export function backoffMs(backoff: Backoff, charged: number, jitter: number): number {
	const full = Math.min(backoff.maxMs, backoff.baseMs * backoff.factor ** Math.max(0, charged - 1));
	return Math.round(full / 2 + (full / 2) * jitter);
}
