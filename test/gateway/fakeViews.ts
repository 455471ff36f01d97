// What the fake Api shows.
import {ulid} from 'ulid';
import {defaultPolicy} from '#actors/policy.ts';
import type {Usage} from '#actors/task.ts';
import type {Submission} from '#api/api.ts';
import type {Deploy, FunctionView} from '#contract/function.ts';
import type {NodeView, Status, WorkerView} from '#contract/status.ts';
import type {State, TaskView} from '#contract/task.ts';

export const usage: Usage = {
	worker: 'w1',
	executor: 'e1',
	cold: false,
	initMs: 0,
	runMs: 1.5,
	cpuMs: 1,
	heapBytes: 1000,
	hostCalls: 2,
};

export function viewOf({function: fn, options, door, chunk}: Submission): TaskView {
	const now = Date.now();
	return {
		id: ulid(),
		function: fn,
		version: 'abc',
		state: 'queued',
		pool: 'default',
		class: 'normal',
		door,
		key: options?.key ?? null,
		attempt: 1,
		charged: 0,
		maxAttempts: options?.maxAttempts ?? 1,
		chunk: chunk ?? null,
		waitingFor: 'a worker',
		failure: null,
		usage: null,
		createdAt: now,
		updatedAt: now,
		startedAt: null,
		endedAt: null,
		dueAt: null,
		expiresAt: null,
		deadline: options?.deadline ?? null,
	};
}

export function functionOf({name, code, policy}: Deploy, before: FunctionView | undefined): FunctionView {
	const version = Buffer.from(code).toString('hex').padEnd(64, '0').slice(0, 64);
	const number = before?.version === version ? before.number : (before?.number ?? 0) + 1;
	return {
		name,
		state: 'active',
		version,
		number,
		runtime: 'javascript',
		handler: 'default',
		policy: {...defaultPolicy, ...policy},
		codeBytes: code.length,
		failure: null,
		pause: null,
		createdAt: 1,
		updatedAt: 2,
	};
}

export const node: NodeView = {
	...{id: 'n1', asked: true, live: true, state: 'live', host: 'here', version: '1.2.3'},
	...{startedAt: 0, heardAt: 0, epoch: 1, commits: 3, owing: 0},
};

export const worker: WorkerView = {
	id: 'w1',
	pool: 'default',
	tags: ['gpu'],
	host: 'here',
	pid: 1,
	version: '0.1.0',
	state: 'idle',
	slots: 8,
	busy: 0,
	warm: {abc: 1},
	rssBytes: 1,
	executors: 2,
	restarts: 0,
	ended: 10,
	slotMs: 250,
	missingWalls: [],
	supervisor: null,
	startedAt: 1,
	lastBeat: 2,
};

export function statusOf(states: State[], functions: number): Status {
	const count = (state: State) => states.filter(one => one === state).length;
	return {
		node: 'n1',
		version: '0.1.0',
		startedAt: 1,
		broker: {url: 'memory:', blocked: null},
		store: {url: 'memory:'},
		ledger: {
			accepted: states.length,
			succeeded: count('succeeded'),
			dead: count('dead'),
			cancelled: count('cancelled'),
			expired: count('expired'),
			waiting: count('queued'),
			running: 0,
		},
		backlog: 0,
		inFlight: 0,
		workers: 1,
		functions,
	};
}

/** What an echo of its lines is. */
export const chunkOf = (lines: Buffer): Buffer =>
	Buffer.from(
		`[${lines
			.toString()
			.split('\n')
			.map(line => `{"value":${line}}`)
			.join(',')}]`,
	);
