/**
 * Keeps functions, tasks and timers. Asynchronous and batch-first, so that one statement per batch
 * is possible on a database that is a round trip away.
 *
 * - `commit` is one transaction: durable when it resolves, without effect when it rejects.
 * - Each change in it is judged by itself (R1): a move names the revision it was decided on, and is
 *   a `conflict` if the row has another; a birth is `exists` if its id, or its function and key, is
 *   taken. A change that places an attempt may name the most that may be placed of its function, and is
 *   `full` if so many are, whichever homes' they are and however many commit at the same time. A change that is refused leaves nothing behind and never fails its neighbours.
 * - Every commit is fenced by the home's epoch: after a later `open` of the same home, `commit`
 *   rejects with `Fenced` and changes nothing.
 * - Every applied change stamps its row with the committing home, its epoch and the commit's
 *   sequence number (R5), and adds 1 to the revision. The home gives the number; where it has several commits
 *   in progress they may end in any order.
 * - A timer is set and cleared by the commit that makes its transition (R18), never by itself.
 * - Inputs and results are written once and never changed. Bodies are JSON texts as UTF-8 bytes
 *   and come back byte for byte.
 * - What was committed is there after `kill -9`.
 * - Where several processes work on one store (`shared`), a home lives as long as its lease, by one clock
 *   for all; whoever's lease is over lives no more, until it is renewed.
 */
import type {Failure} from '#actors/failure.ts';
import type {FunctionRow, VersionRow} from '#actors/function.ts';
import type {Task, TimerKind} from '#actors/task.ts';
import type {Count, Placed, Recount, Stock, Waiting} from './count.ts';
import type {HomeAbout, HomeRow, HomeView, Lease} from './home.ts';
import type {BacklogQuery, Death, DeathsQuery, InBrokerQuery, ListQuery, OwingQuery} from './query.ts';
import type {Scale} from './scale.ts';

export type Store = {
	/** Other processes may work on it too: homes hold leases, and what those owe that live no more is adopted. */
	readonly shared: boolean;
	/** `depth` commits of a home may be in progress at once, of different tasks; one of `least` changes pays. */
	readonly pipeline: {readonly depth: number; readonly least: number};
	/** What was found broken in what it keeps, if anything: nothing is written then until it is opened again. */
	damage(): string | undefined;
	/** Starts a new epoch of a home, on its first visit too. */
	open(home: string, about?: HomeAbout): Promise<HomeRow>;
	commit(batch: Batch): Promise<Commit>;
	/** The home lives on. @throws Fenced */
	renew(lease: Lease): Promise<void>;
	/** Every home that was ever opened here, by name. */
	homes(): Promise<HomeView[]>;
	/** It is shown no more, until it speaks again. False, and not so: it lives, owes something, or is not known. */
	forget(home: string): Promise<boolean>;
	/** Says how many workers a pool should have; the last word counts. `scales`: what was said, by pool. */
	scale(scale: Scale): Promise<void>;
	scales(): Promise<Scale[]>;
	/** Nothing of the pool is placed until `resumePool`; of a pool that is paused it changes nothing. */
	pausePool(pause: PoolPause): Promise<void>;
	resumePool(pool: string): Promise<void>;
	/** The pools that are paused, by name. */
	pauses(): Promise<PoolPause[]>;

	load(ids: readonly string[]): Promise<Map<string, TaskRow>>;
	/** Rows by function and key; absent where there is none. The map's keys are made by `keyOf`. */
	loadByKey(keys: readonly TaskKey[]): Promise<Map<string, TaskRow>>;
	/**
	 * In the order of the ids, the inputs of as many as have at most `mostBytes` together, and of one whatever it
	 * has. An id before the last of them that is not among them has no input here; of none given none has one.
	 */
	inputs(ids: readonly string[], mostBytes?: number): Promise<Map<string, Buffer>>;
	/** The result of a task that succeeded. */
	results(ids: readonly string[]): Promise<Map<string, Buffer>>;
	/** What the attempts of a task printed, in the order of the attempts. */
	logs(id: string): Promise<LogRow[]>;
	/** What the commits of a task wrote down, in their order. */
	history(id: string): Promise<HistoryRow[]>;

	/**
	 * Tasks `queued` and not yet placed, oldest first: what waits in the store for room in the broker. How
	 * many there are of the functions in `except` makes no difference to what it costs.
	 */
	backlog(query: BacklogQuery): Promise<TaskRow[]>;
	/** What a home that starts again has to look at (R19), in the order of ids. */
	owing(query: OwingQuery): Promise<TaskRow[]>;
	/**
	 * Timers due at `now`, soonest first. Reading them changes nothing. Of tasks of a home and of those that
	 * live no more, where one is named; of all otherwise.
	 */
	due(now: number, limit: number, home?: string): Promise<Timer[]>;
	/** When the next timer is due, whoever's it is, in ms since the epoch. */
	nextDue(): Promise<number | undefined>;
	/**
	 * Timers that were due at `now` by the rows of their tasks and that are not there: of each kind among the
	 * `limit` rows that are due first.
	 */
	untimed(now: number, limit: number): Promise<Timer[]>;
	/** Ids of a home's tasks whose attempts are in the broker, in their order. */
	inBroker(query: InBrokerQuery): Promise<string[]>;
	/** The first `each` of the backlog of every lane and function, by the rows and not by `counts`. */
	waiting(each: number): Promise<Waiting[]>;
	/** How many attempts of a home's tasks are in the broker, by lane and function. */
	placed(home: string): Promise<Placed[]>;
	/** What is queued, by lane and function, whichever home's it is. As cheap as `counts`. */
	stock(): Promise<Stock[]>;

	/** Newest first. `before` is an id: the page goes on after it. */
	list(query: ListQuery): Promise<TaskRow[]>;
	/** How many tasks there are by function and state; `placed` apart from the backlog. */
	counts(): Promise<Count[]>;
	/**
	 * `counts`, and the ledger's other side: how many tasks were born and not pruned since, at the same moment.
	 * Kept apart by the commits, so that a task that vanished shows as a difference.
	 */
	ledger(): Promise<{readonly counts: readonly Count[]; readonly births: number}>;
	/** All rows counted one by one, beside what the commits keep: it takes seconds for millions, and holds nobody up. */
	recount(): Promise<Recount>;
	deaths(query: DeathsQuery): Promise<Death[]>;
	/** Ids of the tasks of a function that are not terminal. */
	openOf(fn: string, limit: number): Promise<string[]>;

	/** Functions, the retired ones left out unless named. */
	functions(names?: readonly string[]): Promise<FunctionRow[]>;
	version(digest: string): Promise<VersionRow | undefined>;
	versions(fn: string): Promise<VersionRow[]>;

	/** Deletes up to `limit` terminal tasks that ended before `endedBefore` and owe nothing; says how many. */
	prune(query: {endedBefore: number; limit: number}): Promise<number>;
	close(): Promise<void>;
};

/** A task as it is stored. */
export type TaskRow = Task & Stamp;

export type Stamp = {
	/** Grows by 1 with every change. */
	readonly revision: number;
	/** The node whose commit was the last, its epoch then, and the number of that commit. */
	readonly home: string;
	readonly epoch: number;
	readonly seq: number;
};

/** Why a pool is paused, and since when, in ms since the epoch. */
export type PoolPause = {readonly pool: string; readonly why: string; readonly at: number};

export type Batch = {
	readonly home: string;
	readonly epoch: number;
	/** The commit's number: greater than those of all commits of the home that began before. */
	readonly seq: number;
	readonly actedThrough: number;
	readonly changes: readonly Change[];
};

export type Change = Birth | Move | Deploy | Retire | Tidy;

/** A new task. */
export type Birth = {
	readonly kind: 'birth';
	readonly task: Task;
	readonly input: Buffer;
	readonly timers?: readonly Timer[];
	readonly history?: Buffer;
	/** It places an attempt: only if fewer of its function are placed than so many. */
	readonly most?: number;
};

/** A task's next row. */
export type Move = {
	readonly kind: 'move';
	readonly task: Task;
	/** The revision it was decided on. */
	readonly expected: number;
	readonly set?: readonly Timer[];
	/** Kinds of timers to delete; `all` at every end. */
	readonly clear?: readonly TimerKind[] | 'all';
	/** The result of the attempt that succeeded. */
	readonly result?: Buffer;
	readonly log?: LogRow;
	/** What the row will not tell by itself: a JSON array of entries. */
	readonly history?: Buffer;
	/** It places an attempt: only if fewer of its function are placed than so many. */
	readonly most?: number;
};

/** A function's next row and, where it is new, a version with its code. */
export type Deploy = {
	readonly kind: 'deploy';
	readonly function: FunctionRow;
	/** 0: there must be no such function. */
	readonly expected: number;
	readonly version?: VersionRow;
};

/** Deletes a function, its versions and (they are all terminal, or the caller ends them first) nothing else. */
export type Retire = {readonly kind: 'retire'; readonly function: string; readonly expected: number};

/** Deletes a timer that fits no more, decided on a fresh read (R18). */
export type Tidy = {readonly kind: 'tidy'; readonly timer: Timer};

export type Fate = 'done' | 'conflict' | 'exists' | 'full';

export type Commit = {
	/** One for each change, in their order. */
	readonly fates: readonly Fate[];
};

export type Timer = {
	readonly task: string;
	readonly kind: TimerKind;
	readonly at: number;
	/** The attempt it was set for. */
	readonly attempt: number;
};

export type TaskKey = {readonly function: string; readonly key: string};

/** Function names hold no space, so this can't collide. */
export const keyOf = ({function: fn, key}: TaskKey): string => `${fn} ${key}`;

/** What an attempt printed: a JSON array of lines. */
export type LogRow = {readonly attempt: number; readonly lines: Buffer};

/** What the commit that made this revision wrote down: a JSON array of entries. */
export type HistoryRow = {readonly revision: number; readonly entries: Buffer};

export type {Count, Orphan, Placed, Recount, Stock, Waiting} from './count.ts';

/** Another process has opened this home since: this one must stop. */
export class Fenced extends Error {
	override readonly name = 'Fenced';
}

/** The store cannot be written or read now (full, locked, broken); `failure` says it to the caller. */
export class StoreTrouble extends Error {
	override readonly name = 'StoreTrouble';
	readonly failure: Failure;

	constructor(failure: Failure, options?: ErrorOptions) {
		super(failure.message, options);
		this.failure = failure;
	}
}
