// What the world looks like between two steps: plain data, so that a state can be hashed and copied.
// Rows, timers, messages and claims are values: replaced, never changed, and so shared without copies.

export type TaskState = 'queued' | 'retrying' | 'succeeded' | 'dead' | 'cancelled' | 'expired';

export const isTerminal = (state: TaskState): boolean => state !== 'queued' && state !== 'retrying';

/** A task as the store keeps it. `seq` numbers the commit of `home` that wrote it last. */
export type Row = {
	readonly task: string;
	readonly rev: number;
	readonly state: TaskState;
	readonly attempt: number;
	readonly charged: number;
	/** Failures that nobody paid for. */
	readonly losses: number;
	/** In the broker's hands, or about to be by an effect of the same commit. */
	readonly placed: boolean;
	/** The end of this life is to be answered. */
	readonly reply: boolean;
	/** It must be started before its `expire` timer fires. */
	readonly expires: boolean;
	/** It must be over before its `deadline` timer fires. */
	readonly limited: boolean;
	readonly home: string;
	readonly epoch: number;
	readonly seq: number;
	readonly grants: number;
	readonly soloLosses: number;
	readonly soloCopies: readonly SoloCopy[];
};

/** A work message whose attempt was granted to run alone, the worker process it was granted to, and whether that is known to be gone. */
export type SoloCopy = {readonly copy: string; readonly holder: string; readonly lost?: boolean};

/** A home's own row; written by every commit of the home: the greatest number, and the watermark. */
export type HomeRow = {epoch: number; seq: number; actedThrough: number};

export type TimerKind = 'retry' | 'expire' | 'deadline';
export type Timer = {
	readonly id: string;
	readonly kind: TimerKind;
	readonly task: string;
	readonly attempt: number;
	/** Only where rule `timerAtomic` is off. */
	readonly owner: string;
};

export type Item = {readonly task: string; readonly attempt: number; readonly again: boolean};
/** Who is to blame for a failure; the same words as in `actors/failure.ts`. */
export type Blame = 'user' | 'crash' | 'warren' | 'caller';

/** No `blame`: it ended well. */
type Outcome = {readonly task: string; readonly attempt: number; readonly blame: Blame | null};
export type Claim = {
	readonly worker: string;
	readonly epoch: number;
	readonly task: string;
	readonly attempt: number;
	readonly copy: string;
	readonly redelivered: boolean;
	readonly alone: boolean;
	readonly id: number;
};

export type Body =
	| {readonly kind: 'task'; readonly task: string}
	| {readonly kind: 'work'; readonly copy: string; readonly home: string; readonly items: readonly Item[]}
	| {readonly kind: 'outcomes'; readonly outcomes: readonly Outcome[]}
	| {readonly kind: 'claim'; readonly claim: Claim};

/** `from`: the queue that dead-lettered it. `count`: how often it came back. */
export type Message = {
	readonly body: Body;
	readonly redelivered: boolean;
	readonly count: number;
	readonly from: string;
};
export type Unacked = {
	readonly tag: number;
	readonly queue: string;
	readonly message: Message;
	/** The connection that holds it. */
	readonly owner: string;
};

/** How a claim is answered: no, yes, yes but alone, ask again when nothing else runs. */
export type Grant = 'no' | 'yes' | 'solo' | 'alone';

/** `phase` of what is published: 0 not sent, 1 on the wire, 2 taken by the broker, not confirmed. */
export type Effect =
	| {kind: 'dispatch'; task: string; attempt: number; again: boolean; phase: number; message: Body | null}
	| {kind: 'reply' | 'bury'; task: string; attempt: number; state: TaskState; phase: number}
	| {kind: 'say'; task: string}
	| {kind: 'receipt'; task: string; state: TaskState | 'unknown'}
	| {kind: 'stop'; task: string; attempt: number}
	| {kind: 'tidy'; timer: string}
	| {kind: 'answer'; claim: Claim; grant: Grant};

/** What a commit writes for one row. */
export type Plan = {
	readonly row: Row;
	/** 0: there must be no such row. */
	readonly expected: number;
	readonly set: readonly Timer[];
	readonly clear: readonly string[];
	/** The timer whose transition this is. */
	readonly fires: string;
	/** The attempt whose outcome is taken, and the attempt that is charged; 0 for none. */
	readonly takes: number;
	readonly charges: number;
	readonly limit: boolean;
	readonly redrives: boolean;
};

/** A commit in progress: sent to the store, and its process has not heard of it. */
export type Flight = {
	readonly home: string;
	/** Of the process that began it. */
	readonly epoch: number;
	readonly seq: number;
	/** The watermark that it was sent with. */
	readonly actedThrough: number;
	/** As they were when it began. */
	readonly ops: readonly Op[];
	/** What the store made of each, a row or a conflict; null: nothing yet. */
	readonly fates: readonly (Row | null)[] | null;
};

export type OpKind =
	| 'birth'
	| 'outcome'
	| 'timer'
	| 'cancel'
	| 'claim'
	| 'giveUp'
	| 'redrive'
	| 'place'
	| 'adopt'
	| 'redo'
	| 'audit';

/** An event in a node's hands, on its way through decide, commit and act. */
export type Op = {
	readonly kind: OpKind;
	task: string;
	/** Which outcome or item of its message it is at. */
	index: number;
	stage: 'decide' | 'commit' | 'flying' | 'act';
	/** The number of the commit that it is in, while that is in progress. */
	flight: number;
	plan: Plan | null;
	effects: Effect[];
	/** The least commit whose effects this event still owes, 0 for none: it holds the watermark. */
	pin: number;
	/** Decide on a fresh read. */
	fresh: boolean;
	/** The answer of its commit was lost (R6). */
	unknown: boolean;
	/** After its effects it is decided again, not over. */
	resume: boolean;
	/** The message it came with, until acked. */
	tag: number;
	owner: string;
	more: More;
};

/** What only some kinds carry. */
export type More = {
	readonly rest?: boolean;
	readonly bornDead?: boolean;
	readonly outcomes?: readonly Outcome[];
	/** A work message that the broker gave up, and its items. */
	readonly items?: readonly Item[];
	readonly copy?: string;
	readonly timer?: Timer;
	/** What the roster said about the task when the timer fired. */
	readonly started?: boolean;
	readonly claim?: Claim;
	/** The revision whose end was told before the redrive (A8). */
	readonly told?: number;
};

/** Anything with a connection: `epoch` grows at a start, `link` at a reconnect. */
export type Process = {up: boolean; epoch: number; link: number; tags: number};

export type Node = Process & {
	paused: boolean;
	copies: number;
	/** Of the commit that it began last. */
	seq: number;
	/** The watermark found at the start, and the tasks still to be redone before it may move (A6). */
	hold: number;
	redo: string[];
	cache: Record<string, Row>;
	ops: Op[];
};

type WorkState = 'unclaimed' | 'asked' | 'lonely' | 'ready' | 'running' | 'done' | 'sent' | 'over';
export type Work = {
	readonly task: string;
	readonly attempt: number;
	state: WorkState;
	claim: number;
	/** It was claimed with nothing else running; nothing else starts until it is over (R15). */
	alone: boolean;
	solo: boolean;
	quarantine: boolean;
	/** How it ended, once it did. */
	blame: Blame | null;
};
export type Held = {
	readonly tag: number;
	readonly owner: string;
	readonly copy: string;
	readonly redelivered: boolean;
	readonly home: string;
	readonly items: Work[];
	acked: boolean;
};
export type Worker = Process & {claims: number; held: Held[]; stopped: Record<string, number>};
