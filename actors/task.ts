import type {Failure} from './failure.ts';
import type {Class} from './lane.ts';
import type {Policy} from './policy.ts';

/**
 * One request and its whole life. `taskMachine.ts` is the only place where a task's state changes;
 * it is stepped by `decide.ts` and its actions are effects: data, carried out after the commit.
 */
export type Task = TaskContext & {readonly state: TaskState};

export type TaskState =
	| 'accepted'
	| 'queued'
	| 'running'
	| 'retrying'
	| 'succeeded'
	| 'dead'
	| 'cancelled'
	| 'expired';

export const terminalStates = ['succeeded', 'dead', 'cancelled', 'expired'] as const satisfies TaskState[];

export const isTerminal = (state: TaskState): boolean =>
	(terminalStates as readonly string[]).includes(state);

export type TimerKind = 'retry' | 'expire' | 'deadline';

/** Times are ms since the epoch; `null` where there is none. */
export type TaskContext = {
	/** A ULID: time-ordered, Warren's own, never the producer's. */
	readonly id: string;
	readonly function: string;
	/** The digest of the version it runs. */
	readonly version: string;
	readonly pool: string;
	readonly class: Class;
	/** Through which door it came. */
	readonly door: 'api' | 'rest' | 'amqp';
	/** Nobody holds a line open for it. */
	readonly asynchronous: boolean;
	/** The caller's idempotency key, and a digest of the input that came with it. */
	readonly key: string | null;
	readonly keyDigest: string | null;
	/** The fence: grows with every failing commit and every redrive, never goes back (R14). */
	readonly attempt: number;
	/** Failures blamed on this task in this life; at `maxAttempts` a user failure is final. */
	readonly charged: number;
	/** Failures of the infrastructure in this life, nobody's charge. */
	readonly losses: number;
	readonly maxAttempts: number;
	/** The caller's own limit of wall time for one attempt. */
	readonly wallMs: number | null;
	/** Its caller, or its function's policy, lets it run in another area where it would wait too long here. */
	readonly spill: boolean;
	/** So many inputs are its input, a line each (contract/chunk.ts); null: it has one. */
	readonly chunk: number | null;
	/** In the broker's hands (or about to be: an effect of the same commit). */
	readonly placed: boolean;
	/**
	 * Claims granted for this attempt (R13), and the copies that were granted to run alone (R15, R16),
	 * each with the worker that holds it: `<copy> <worker>`, and a mark once it is lost (solo.ts).
	 */
	readonly grants: number;
	readonly soloLosses: number;
	readonly soloCopies: readonly string[];
	/** When executors died of it in its present version, ms since the epoch; of many the latest. */
	readonly deaths: readonly number[];
	/** It may wait to be started until then. */
	readonly expiresAt: number | null;
	/** It must be over by then. */
	readonly deadline: number | null;
	/** When the next attempt is due, while `retrying`. */
	readonly dueAt: number | null;
	readonly replyTo: string | null;
	readonly correlationId: string | null;
	/** W3C `traceparent`, handed on as it came. */
	readonly trace: string | null;
	readonly failure: Failure | null;
	readonly usage: Usage | null;
	readonly createdAt: number;
	readonly updatedAt: number;
	readonly startedAt: number | null;
	readonly endedAt: number | null;
};

/** What an attempt used, and where it ran. If its executor died, `runMs` is the worker's measure, `hostCalls` null and the rest 0. */
export type Usage = {
	readonly worker: string;
	/** Which process of the worker: `e1`, `e2` …; `q3`: the one for suspects, where it ran alone. */
	readonly executor: string;
	/** It had to make its sandbox first. */
	readonly cold: boolean;
	readonly initMs: number;
	readonly runMs: number;
	readonly cpuMs: number;
	readonly heapBytes: number;
	/** How often it called the host across the wall of its sandbox; null: nobody knows. Older workers don't say. */
	readonly hostCalls?: number | null;
};

export type TaskEvent =
	| {type: 'admit'; at: number; room: boolean}
	/** `version`: another one than it waits for, because the breaker has stopped that. */
	| {type: 'place'; at: number; version?: string}
	| {type: 'start'; at: number; attempt: number; where?: Where | null}
	/** `deaths`: so many executors died of its version, and nobody else has told of them. */
	| {type: 'succeed'; at: number; usage: Usage; deaths?: number}
	| {
			type: 'fail';
			at: number;
			failure: Failure;
			policy: Policy;
			jitter: number;
			usage: Usage | null;
			deaths?: number;
	  }
	| {type: 'retry'; at: number; attempt: number; room: boolean}
	| {type: 'expire'; at: number; started: boolean}
	| {type: 'deadline'; at: number; ran: Ran | null}
	| {type: 'cancel'; at: number; ran: Ran | null}
	| {type: 'redrive'; at: number; room: boolean; version: string; maxAttempts: number; reply: boolean}
	| {type: 'claim'; at: number; claim: Claim}
	| {type: 'giveUp'; at: number; attempt: number; copy: string}
	/** Nobody has this attempt any more, as far as can be known (R26): the broker lost it, or its worker is lost. */
	| {
			type: 'lost';
			at: number;
			attempt: number;
			worker: string | null;
			why: string;
			/** And that worker's mailbox is gone: its process has ended, or its connection. */
			gone?: boolean;
	  };

export type Where = {readonly worker: string; readonly executor: string};

/** A worker's word that it had started the attempt that is ended here. */
export type Ran = {readonly worker: string; readonly startedAt: number};

/** A worker asks whether it may run a delivery that may have been run before (R13, R15, R21). */
export type Claim = {
	readonly attempt: number;
	/** The work message it came with. */
	readonly copy: string;
	/** Who asks: a worker that asks twice for one copy has not died with it. */
	readonly worker: string;
	readonly redelivered: boolean;
	/** The worker is empty and will start nothing else until this is over. */
	readonly alone: boolean;
};

export type Grant = 'yes' | 'no' | 'alone' | 'solo';

/** Carried out after the commit, in this order. */
export type TaskEffect =
	| {type: 'dispatch'; params: {again: boolean}}
	| {type: 'stop'; params: {attempt: number}}
	| {type: 'answer'; params: {grant: Grant}}
	/** The copy for `warren.dead`. */
	| {type: 'bury'}
	/** To whoever waits: an open request, `reply_to`. */
	| {type: 'reply'};

/** Losses while running alone, of the very copy that held the grant, that end a task (R16). */
export const mostSoloLosses = 3;

/** A durable event in the task's future. */
export type TaskTimer = {readonly kind: TimerKind; readonly at: number};

/**
 * The timers a task has: a function of its row, so that the commit that makes a transition also
 * makes and deletes its timers, and none can be left over (R18).
 */
export function timersOf(task: Task): TaskTimer[] {
	if (isTerminal(task.state) || (task.dueAt ?? task.expiresAt ?? task.deadline) === null) return [];
	const timers: TaskTimer[] = [];
	if (task.state === 'retrying' && task.dueAt !== null) timers.push({kind: 'retry', at: task.dueAt});
	if (task.expiresAt !== null && task.startedAt === null) timers.push({kind: 'expire', at: task.expiresAt});
	if (task.deadline !== null) timers.push({kind: 'deadline', at: task.deadline});
	return timers;
}
