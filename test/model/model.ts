// A model is a configuration under a set of rules; a world is its state. The checker's verdict is kept
// beside them: the first violation stands.
import type {Rules} from './rules.ts';
import type {More, Node, Op, OpKind, Plan, Row, Worker} from './state.ts';
import type {Caller, World} from './world.ts';

/**
 * How the task's function behaves. `poison` kills its executor, `killer` its worker; `refused` fails in a
 * way that no other attempt would help, `unlucky` in one that nobody pays for.
 */
export type Behaviour = 'ok' | 'fail' | 'fail1' | 'poison' | 'killer' | 'refused' | 'unlucky';

export type TaskSpec = {
	readonly id: string;
	readonly door: 'amqp' | 'rest';
	readonly does: Behaviour;
	/** What it does at single attempts, where that is something else. */
	readonly turns?: Readonly<Record<number, Behaviour>>;
	readonly reply?: boolean;
	readonly cancel?: boolean;
	readonly expire?: boolean;
	readonly deadline?: boolean;
	/** Someone redrives it once it is dead; `silent`: the next life is not answered. */
	readonly redrive?: 'answered' | 'silent';
	/** How often it may be redriven; 1 unless said. */
	readonly redrives?: number;
	readonly maxAttempts?: number;
};

export type FaultName =
	| 'crash node'
	| 'crash worker'
	| 'lose connection'
	| 'pause node'
	| 'declare dead'
	| 'take over'
	| 'purge queue'
	| 'delete queue'
	| 'lose confirm'
	| 'lose answer of commit'
	| 'fail commit'
	| 'audit wrongly'
	| 'misread roster'
	| 'expire inbox';

export type Config = {
	readonly tasks: readonly TaskSpec[];
	readonly nodes: number;
	readonly workers: number;
	readonly faults: Partial<Record<FaultName, number>>;
	/** How often the broker brings a message back before it gives up. */
	readonly limit?: number;
	/** Losses while running alone that end a task. */
	readonly mostLosses?: number;
	/** Failures of the infrastructure that end a task. */
	readonly infraAttempts?: number;
	readonly slots?: number;
	/** Events in one node's hands. */
	readonly parallel?: number;
	/** Commits of one home in progress while it goes on with others; 0 unless said: each is over at once. */
	readonly flights?: number;
	/** Attempts of one home in the broker. */
	readonly window?: number;
	/** False: the broker and the workers live and die with the (only) node. */
	readonly durable?: boolean;
	/** Its (only) worker is in the node's own process, is given attempts by hand, and hands over how they ended. */
	readonly local?: boolean;
	/** Every attempt goes straight to a worker's mailbox, as long as one is up. */
	readonly push?: boolean;
	/** Nodes that never come back. */
	readonly stayDead?: readonly string[];
	/** Checks the checker: watermarks are not looked at, only what comes of them. */
	readonly endsOnly?: boolean;
	/** Checks the checker: several inside a dead executor are all charged. */
	readonly blameAll?: boolean;
};

export type Counts = {
	conflicts: number;
	stale: number;
	granted: number;
	startedAfterOver: number;
	twins: number;
	redone: number;
	leftAlone: number;
	adopted: number;
	grouped: number;
	/** Commits that were made, or heard of, in another order than they were begun. */
	overtaken: number;
	packed: number;
	waited: number;
	overdueButRunning: number;
	expiredWhileRunning: number;
	toldBeforeRedrive: number;
	replies: number;
	fenced: number;
};

export type Model = {
	readonly config: Config;
	readonly rules: Readonly<Rules>;
	readonly specs: ReadonlyMap<string, TaskSpec>;
	readonly counts: Counts;
	bad: string | null;
	/** Hears of every row that is written, and of the event it was written for. */
	readonly wrote?: Witness | undefined;
};

export type Witness = (op: Op, plan: Plan, before: Row | undefined, row: Row) => void;

export function createModel(config: Config, rules: Readonly<Rules>, wrote?: Witness): Model {
	const counts: Counts = {
		conflicts: 0,
		stale: 0,
		granted: 0,
		startedAfterOver: 0,
		twins: 0,
		redone: 0,
		leftAlone: 0,
		adopted: 0,
		grouped: 0,
		overtaken: 0,
		packed: 0,
		waited: 0,
		overdueButRunning: 0,
		expiredWhileRunning: 0,
		toldBeforeRedrive: 0,
		replies: 0,
		fenced: 0,
	};
	return {config, rules, specs: new Map(config.tasks.map(task => [task.id, task])), counts, bad: null, wrote};
}

export function violate(m: Model, why: string): void {
	m.bad ??= why;
}

export function createWorld({tasks, nodes, workers, faults}: Config): World {
	const w: World = {
		rows: {},
		homes: {},
		timers: [],
		live: {},
		queues: {intake: [], work: [], outcomes: [], returned: []},
		unacked: [],
		producers: Object.fromEntries(tasks.map(task => [task.id, 'idle' as Caller])),
		cancellers: Object.fromEntries(
			tasks.filter(task => task.cancel).map(task => [task.id, 'idle' as Caller]),
		),
		nodes: {},
		ghosts: {},
		flights: [],
		workers: {},
		faults: {...faults},
		scans: {},
		seen: {
			accepted: {},
			outcomes: {},
			fired: {},
			ends: {},
			dispatched: {},
			receipts: {},
			redriven: {},
			started: {},
		},
	};
	for (let i = 1; i <= nodes; i++) addNode(w, `n${i}`);
	for (let i = 1; i <= workers; i++) {
		w.workers[`w${i}`] = {up: true, epoch: 0, link: 0, tags: 0, claims: 0, held: [], stopped: {}};
	}
	return w;
}

function addNode(w: World, id: string): void {
	const process = {up: true, paused: false, epoch: 0, link: 0, tags: 0};
	w.nodes[id] = {...process, copies: 0, seq: 0, hold: 0, redo: [], cache: {}, ops: []};
	w.homes[id] = {epoch: 0, seq: 0, actedThrough: 0};
	w.live[id] = true;
	w.queues[inbox(id)] = [];
}

export const inbox = (home: string): string => `inbox ${home}`;

/** The queues of dead homes are found by their names. */
export const homeOfInbox = (queue: string): string =>
	queue.startsWith('inbox ') ? queue.slice('inbox '.length) : '';

export function must<T>(value: T | undefined, what: string): T {
	if (value === undefined) throw new Error(`expected ${what} in the model's world`);
	return value;
}

export const nodeOf = (w: World, id: string): Node => must(w.nodes[id], id);
export const workerOf = (w: World, id: string): Worker => must(w.workers[id], id);
export const specOf = (m: Model, task: string): TaskSpec => must(m.specs.get(task), task);

export function newOp(kind: OpKind, task: string, more: More = {}, tag = 0, owner = ''): Op {
	return {
		kind,
		task,
		index: 0,
		stage: 'decide',
		flight: 0,
		plan: null,
		effects: [],
		pin: 0,
		fresh: false,
		unknown: false,
		resume: false,
		tag,
		owner,
		more,
	};
}

export const isBusy = (node: Node, task: string, kind?: OpKind): boolean =>
	node.ops.some(op => op.task === task && (kind === undefined || op.kind === kind));

export const isHomeOf = (w: World, id: string, row: Row): boolean => row.home === id || !w.live[row.home];
