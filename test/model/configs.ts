// The worlds that are walked at random.
import type {Config, FaultName, TaskSpec} from './model.ts';

export type Faults = Partial<Record<FaultName, number>>;

const every: Faults = {
	'crash node': 2,
	'crash worker': 2,
	'lose connection': 2,
	'pause node': 1,
	'declare dead': 1,
	'take over': 1,
	'purge queue': 1,
	'delete queue': 1,
	'lose confirm': 2,
	'lose answer of commit': 1,
	'fail commit': 1,
	'audit wrongly': 1,
	'misread roster': 1,
	'expire inbox': 1,
};

export const task = (id: string, more: Partial<TaskSpec> = {}): TaskSpec => ({
	id,
	door: 'amqp',
	does: 'ok',
	reply: true,
	...more,
});

const roomy = {limit: 8, mostLosses: 8};

const killer: Config = {
	tasks: [task('a'), task('b', {door: 'rest', reply: false}), task('k', {does: 'killer'})],
	nodes: 1,
	workers: 2,
	slots: 3,
	faults: {'lose connection': 1, 'crash node': 1, 'audit wrongly': 2, 'declare dead': 1},
	limit: 3,
	mostLosses: 2,
};

const mix: Config = {
	tasks: [
		task('a'),
		task('b', {door: 'rest', does: 'fail1', cancel: true}),
		task('p', {does: 'poison', redrive: 'answered'}),
	],
	flights: 2,
	nodes: 2,
	workers: 2,
	faults: every,
	...roomy,
};

// Claims that come again while nothing but the killer can lose a worker: one false loss is too many.
const alone: Config = {
	tasks: [task('a', {door: 'rest'}), task('b', {door: 'rest'}), task('k', {does: 'killer', door: 'rest'})],
	nodes: 2,
	workers: 2,
	slots: 3,
	faults: {'crash node': 4, 'audit wrongly': 3, 'declare dead': 1},
	limit: 9,
	mostLosses: 1,
};

// A node that stands still may have in its hands how an attempt ended whose worker is lost meanwhile: nobody else can know.
// That is one false loss, and never two.
const paused: Config = {...alone, faults: {...alone.faults, 'pause node': 1}, mostLosses: 2};

export const configs: Readonly<Record<string, Config>> = {
	mix,
	// n1 never comes back.
	stay: {
		tasks: [task('a'), task('b', {door: 'rest', does: 'fail1'})],
		flights: 2,
		nodes: 2,
		workers: 2,
		stayDead: ['n1'],
		faults: {...every, 'purge queue': 0, 'delete queue': 0},
		...roomy,
	},
	verbs: {
		tasks: [
			task('a', {cancel: true, expire: true}),
			task('d', {does: 'fail1', deadline: true}),
			task('f', {door: 'rest', does: 'fail', redrive: 'silent', deadline: true}),
		],
		flights: 2,
		nodes: 2,
		workers: 2,
		faults: every,
		...roomy,
	},
	// One node over and over again: restarts in the middle of what the last one left.
	restarts: {
		tasks: [
			task('a', {door: 'rest'}),
			task('b', {door: 'rest', does: 'fail', maxAttempts: 1, redrive: 'silent'}),
			task('c', {door: 'rest'}),
		],
		flights: 2,
		nodes: 1,
		workers: 1,
		faults: {
			'crash node': 5,
			'take over': 1,
			'lose answer of commit': 2,
			'fail commit': 1,
			'lose connection': 1,
		},
		...roomy,
	},
	window: {
		tasks: [
			task('a'),
			task('b', {does: 'fail1'}),
			task('c', {door: 'rest', does: 'fail1', expire: true}),
			task('d', {door: 'rest', cancel: true}),
		],
		flights: 2,
		nodes: 2,
		workers: 2,
		window: 1,
		faults: every,
		...roomy,
	},
	// The broker and the workers die with the node.
	embedded: {
		tasks: [
			task('a', {door: 'rest'}),
			task('b', {door: 'rest', does: 'fail1', cancel: true}),
			task('c', {door: 'rest', expire: true}),
			task('f', {door: 'rest', does: 'fail', redrive: 'answered'}),
		],
		nodes: 1,
		workers: 1,
		window: 2,
		durable: false,
		faults: {'crash node': 4, 'lose answer of commit': 1, 'fail commit': 1},
		...roomy,
	},
	// A task that takes down the node in whose process it runs.
	bomb: {
		tasks: [task('a', {door: 'rest'}), task('k', {door: 'rest', does: 'killer'})],
		nodes: 1,
		workers: 1,
		durable: false,
		local: true,
		faults: {'lose answer of commit': 1, 'audit wrongly': 1},
		mostLosses: 2,
	},
	blame: {
		tasks: [task('a', {reply: false}), task('b', {reply: false}), task('p', {does: 'poison'})],
		nodes: 1,
		workers: 1,
		slots: 3,
		faults: {'lose connection': 1, 'crash node': 1, 'audit wrongly': 1},
		limit: 4,
		mostLosses: 4,
	},
	killer,
	alone,
	paused,
	// The broker gives up what comes back once.
	once: {...killer, limit: 0},
	limit: {
		tasks: [task('a'), task('k', {door: 'rest', does: 'killer'})],
		nodes: 1,
		workers: 2,
		slots: 3,
		faults: {'crash node': 1, 'audit wrongly': 1},
		limit: 1,
		mostLosses: 2,
	},
	three: {
		tasks: [
			task('a'),
			task('b', {door: 'rest', does: 'fail1', cancel: true}),
			task('c', {expire: true}),
			task('f', {door: 'rest', does: 'fail', redrive: 'silent'}),
		],
		flights: 2,
		nodes: 3,
		workers: 3,
		window: 2,
		faults: {...every, 'pause node': 2, 'declare dead': 2, 'lose connection': 3},
		...roomy,
	},
};

/** Worlds in which the server chooses the worker: what a worker held goes with it, so none does without the audit. */
export const pushed: Readonly<Record<string, Config>> = {
	'pushed mix': {...mix, push: true},
	// So many that one is up nearly always: where none is, the queue of all has it, which counts by itself.
	'pushed killer': {...killer, push: true, workers: 4},
	// While nothing but the killer can lose a worker, one false loss is too many.
	'pushed alone': {...alone, push: true},
	'pushed paused': {...paused, push: true},
	// How an attempt ended is often still on its way when its worker is killed by another.
	'pushed late': {
		tasks: [task('b', {door: 'rest', reply: false}), task('k', {door: 'rest', reply: false, does: 'killer'})],
		...{nodes: 1, workers: 1, slots: 3, push: true, limit: 9, mostLosses: 1},
		faults: {'audit wrongly': 8},
	},
};

/** Without losses in the broker the protocol must not need the audit at all. */
export const withoutLosses = (config: Config): Config => ({
	...config,
	faults: {...config.faults, 'purge queue': 0, 'delete queue': 0, 'expire inbox': 0, 'audit wrongly': 0},
});
