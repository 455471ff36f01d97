// A task as it is offered, and every event that could happen to one.
import {fail} from '#actors/failure.ts';
import type {FunctionRow} from '#actors/function.ts';
import type {FunctionEvent} from '#actors/functionMachine.ts';
import {defaultPolicy, type Policy} from '#actors/policy.ts';
import type {Task, TaskContext, TaskEvent, Usage} from '#actors/task.ts';
import type {WorkerEvent, WorkerRow} from '#actors/worker.ts';

const now = 1_800_000_000_000;

export const policy: Policy = {...defaultPolicy, maxAttempts: 2, infraAttempts: 3};

export function accepted(more: Partial<TaskContext> = {}): Task {
	return {
		id: 't1',
		function: 'fib',
		version: 'v1',
		pool: 'default',
		class: 'normal',
		door: 'amqp',
		asynchronous: true,
		key: 'k',
		keyDigest: 'd',
		attempt: 1,
		charged: 0,
		losses: 0,
		maxAttempts: 2,
		wallMs: null,
		spill: false,
		chunk: null,
		placed: false,
		grants: 0,
		soloLosses: 0,
		soloCopies: [],
		deaths: [],
		expiresAt: now + 60_000,
		deadline: now + 90_000,
		dueAt: null,
		replyTo: 'answers',
		correlationId: 'c',
		trace: null,
		failure: null,
		usage: null,
		createdAt: now,
		updatedAt: now,
		startedAt: null,
		endedAt: null,
		...more,
		state: 'accepted',
	};
}

export const usage: Usage = {
	worker: 'w1',
	executor: 'e1',
	cold: false,
	initMs: 0,
	runMs: 1,
	cpuMs: 1,
	heapBytes: 1,
};

const at = now + 1000;
const both = [true, false];
const copies = ['a', 'b'];
/** Who asks for which copy: one of them comes to a second worker. */
const holders = [
	['a', 'w1'],
	['a', 'w2'],
	['b', 'w1'],
] as const;

const failures = [
	fail('FUNCTION_THREW', 'no'),
	fail('FUNCTION_THREW', 'never', {permanent: true}),
	fail('CRASHED'),
	fail('INTERNAL'),
	fail('PAYLOAD_TOO_LARGE'),
	fail('DEADLINE_EXCEEDED'),
];

/** What can happen to any task at any time. */
const always: readonly TaskEvent[] = [
	...both.map(room => ({type: 'admit', at, room}) as const),
	{type: 'place', at},
	{type: 'succeed', at, usage},
	...failures.map(failure => ({type: 'fail', at, failure, policy, jitter: 0.5, usage: null}) as const),
	...both.map(started => ({type: 'expire', at, started}) as const),
	...[null, {worker: 'w1', startedAt: at - 5}].flatMap(ran => [
		{type: 'deadline', at, ran} as const,
		{type: 'cancel', at, ran} as const,
	]),
	...both.map(room => ({type: 'redrive', at, room, version: 'v2', maxAttempts: 2, reply: room}) as const),
];

/** What workers and timers say of one attempt. */
const about = (attempt: number): readonly TaskEvent[] => [
	{type: 'start', at, attempt},
	...both.map(room => ({type: 'retry', at, attempt, room}) as const),
	...both.map(gone => ({type: 'lost', at, attempt, worker: 'w1', why: 'its worker is lost', gone}) as const),
	...copies.map(copy => ({type: 'giveUp', at, attempt, copy}) as const),
	...holders.flatMap(([copy, worker]) =>
		both.flatMap(redelivered =>
			both.map(alone => ({type: 'claim', at, claim: {attempt, copy, worker, redelivered, alone}}) as const),
		),
	),
];

/**
 * Every event in each of its meanings: of the current attempt and of one that is over. Of an attempt
 * that was never handed to the broker nobody can speak but its own timer.
 */
export function eventsFor(task: Pick<Task, 'attempt' | 'placed' | 'state'>): readonly TaskEvent[] {
	const known = task.placed || task.state === 'running';
	const now = about(task.attempt).filter(({type}) => known || type === 'retry');
	return [...always, ...now, ...about(task.attempt - 1)];
}

export const eventTypes = [...new Set([...always, ...about(1)].map(event => event.type))];

export const aFunction = (more: Partial<FunctionRow> = {}): FunctionRow => ({
	name: 'fib',
	state: 'building',
	revision: 1,
	version: null,
	failure: null,
	pause: null,
	broken: [],
	createdAt: now,
	updatedAt: now,
	...more,
});

/** One that its breaker has stopped, and one that an operator has. */
export const pausedFunctions: readonly FunctionRow[] = (['breaker', 'operator'] as const).map(by =>
	aFunction({
		state: 'paused',
		version: 'v1',
		pause: {by, why: 'a test', at: now, version: 'v1'},
		broken: by === 'breaker' ? ['v1'] : [],
	}),
);

export const aWorker = (more: Partial<WorkerRow> = {}): WorkerRow => ({
	id: 'w1',
	pool: 'default',
	state: 'starting',
	busy: 0,
	missed: 0,
	updatedAt: now,
	...more,
});

export const functionEvents: readonly FunctionEvent[] = [
	{type: 'build', at},
	{type: 'activate', at, version: 'v1'},
	{type: 'activate', at, version: 'v2'},
	{type: 'reject', at, failure: fail('BUILD_FAILED')},
	{type: 'pause', at, why: 'repairs'},
	...['v1', 'v2'].map(version => ({type: 'trip', at, version, why: 'it crashes'}) as const),
	{type: 'resume', at},
	{type: 'retire', at},
];

const lives = ['starting', 'idle', 'busy', 'draining', 'stopped'] as const;

/** What a worker steps its own row with. */
export const ownEvents: readonly WorkerEvent[] = [
	{type: 'ready', at},
	...[0, 2].map(busy => ({type: 'load', at, busy}) as const),
	{type: 'drain', at},
	{type: 'stop', at},
];

/** What a roster steps its copy with. */
export const copyEvents: readonly WorkerEvent[] = [
	...lives.map(state => ({type: 'beat', at, state, busy: state === 'busy' ? 3 : 0}) as const),
	...[1, 2, 3, 9].map(missed => ({type: 'silence', at, missed}) as const),
];

export const workerEvents = [...ownEvents, ...copyEvents];
