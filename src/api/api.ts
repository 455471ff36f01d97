/**
 * The use cases, one verb a file behind this door. Every door (REST, AMQP, an embedding program)
 * calls these and nothing else.
 *
 * What a caller can act on comes back as a failure; a verb throws only for bugs.
 */
import type {Failure} from '#actors/failure.ts';
import type {TaskState} from '#actors/task.ts';
import type {Audit, History, Why} from '#contract/audit.ts';
import type {AutoscaleView} from '#contract/autoscale.ts';
import type {Deploy, FunctionView} from '#contract/function.ts';
import type {PoolView} from '#contract/pool.ts';
import type {NodeView, Status, WorkerView} from '#contract/status.ts';
import type {Rolling, ScaleView, SupervisorView} from '#contract/supervisor.ts';
import type {CancelReceipt, Log, Receipt, SubmitOptions, TaskName, TaskView} from '#contract/task.ts';
import type {End} from '#runtime/waiters.ts';

export type Answer<T> =
	| {readonly ok: true; readonly value: T}
	| {readonly ok: false; readonly failure: Failure};

export type Api = {
	/** Builds, checks in an executor and makes live. Deploying the same again changes nothing. */
	deploy(request: Deploy): Promise<Answer<FunctionView>>;
	functions(): Promise<FunctionView[]>;
	function(name: string): Promise<Answer<FunctionView>>;
	versions(name: string): Promise<Answer<FunctionView[]>>;
	/** Refused with CONFLICT while tasks of it are open, unless `cancel` ends them first. */
	remove(name: string, options?: {cancel?: boolean}): Promise<Answer<{name: string; cancelled: number}>>;
	/** Nothing more of it is taken or placed, until it is resumed. What waits goes on waiting. */
	pause(name: string, options?: {why?: string}): Promise<Answer<FunctionView>>;
	/** Ends a pause, an operator's or the breaker's: what waits is placed at once. */
	resume(name: string): Promise<Answer<FunctionView>>;

	/** Takes tasks; each answer is given only once commit 1 holds its task. In the order of the list. */
	submit(submissions: readonly Submission[]): Promise<Answer<Receipt>[]>;
	/**
	 * Takes many inputs as chunks, a task each, whose result is the outcomes of its inputs (contract/chunk.ts).
	 * Each chunk is taken or refused by itself; the whole is refused if it can't be cut.
	 */
	map(request: MapRequest): Promise<Answer<Chunk[]>>;
	/** The task as it is; `running` comes from the roster. */
	inspect(id: string): Promise<Answer<TaskView>>;
	/** The task once it has ended, or as it is when `waitMs` ran out or the signal was aborted. */
	await(id: string, waitMs: number, signal?: AbortSignal): Promise<Answer<TaskView>>;
	/** The JSON text it returned; CONFLICT while it is open; its own failure if it did not succeed. */
	result(id: string): Promise<Answer<Buffer>>;
	logs(id: string): Promise<Answer<Log[]>>;
	/** What an open task waits for, behind what, until when. */
	why(id: string): Promise<Answer<Why>>;
	/** Every step of its life, oldest first. */
	history(id: string): Promise<Answer<History>>;
	/** The ledger balanced between store, broker and heartbeats, now; what does not fit, by name. `rows`: they are counted first. */
	audit(options?: {readonly rows?: boolean}): Promise<Answer<Audit>>;
	/** Ends an open task; of an ended one it says so. Twice is harmless. Where its function is named, it must be one of that. */
	cancel(task: string | TaskName): Promise<Answer<CancelReceipt>>;
	list(query: TaskQuery): Promise<Answer<TaskView[]>>;
	/** Dead tasks, newest first; only those nobody waited for, unless `all`. */
	deadLetters(query: {
		function?: string;
		before?: string;
		limit?: number;
		all?: boolean;
	}): Promise<Answer<TaskView[]>>;
	/** The next life of a dead task: the live version unless told otherwise. */
	redrive(id: string, options?: {sameVersion?: boolean; reply?: boolean}): Promise<Answer<TaskView>>;

	workers(): WorkerView[];
	/** Takes nothing new, finishes or gives back what it has, and exits. Lossy: say it again until it does. */
	drain(worker: string): Answer<WorkerView>;
	/** The pool supervisors that are heard of. */
	supervisors(): SupervisorView[];
	/** Keeps how many workers a pool should have; its supervisors, now or later, see to it. */
	scale(pool: string, workers: number): Promise<Answer<ScaleView>>;
	/** How many workers a pool should have, and has. */
	scaled(pool: string): Promise<Answer<ScaleView>>;
	/** Each supervisor of the pool replaces its workers, so many at once: a new one is ready before an old one drains. */
	restartWorkers(pool: string, options?: {mostAtOnce?: number}): Answer<Rolling>;
	/** What the rules of pools saw, decided and why; of one pool, where one is named. */
	explainScale(pool?: string): AutoscaleView[];
	/** Every pool that somebody has named. */
	pools(): Promise<Answer<PoolView[]>>;
	/** Nothing more of it is placed, until it is resumed; new tasks are taken and wait. */
	pausePool(pool: string, options?: {why?: string}): Promise<Answer<PoolView>>;
	resumePool(pool: string): Promise<Answer<PoolView>>;
	/** The servers that ever worked on this store. */
	nodes(): Promise<Answer<NodeView[]>>;
	/** Of a server that comes no more, and owes nothing. */
	forgetNode(id: string): Promise<Answer<NodeView>>;
	status(): Promise<Status>;
	/** Undefined when everything it needs is there; else what is missing. */
	ready(): string | undefined;
};

export type Submission = {
	readonly function: string;
	/** A JSON text in UTF-8; kept byte for byte. */
	readonly input: Buffer;
	readonly door: 'api' | 'rest' | 'amqp';
	/** Nobody holds a line open for it. */
	readonly asynchronous: boolean;
	readonly options?: SubmitOptions;
	readonly replyTo?: string;
	readonly correlationId?: string;
	/** Its time had run out before it came here: it becomes a task that ends `expired` at once (R11). */
	readonly expired?: boolean;
	/** Told once when the task has ended; spares a caller that waits for many the asking. */
	readonly ended?: (end: End) => void;
	/** So many inputs are its input, a line each. */
	readonly chunk?: number;
};

export type MapRequest = Pick<Submission, 'function' | 'door' | 'options' | 'ended'> & {
	/** A JSON text a line, without line breaks of its own; empty lines are none. */
	readonly lines: Buffer;
	/** Inputs of a chunk, at most; as many as spread them well, unless said. */
	readonly size?: number;
	/** More are refused. */
	readonly mostChunks?: number;
};

/** One of the tasks, with its share of the inputs: so many from `first` on. */
export type Chunk = {readonly first: number; readonly count: number; readonly answer: Answer<Receipt>};

export type TaskQuery = {
	readonly function?: string;
	readonly state?: TaskState;
	readonly before?: string;
	/** 100 unless said; at most 1,000. */
	readonly limit?: number;
};
