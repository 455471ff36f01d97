import {Counter, Gauge, Registry} from 'prom-client';
import {FunctionCounter, FunctionHistogram} from './functionMetrics.ts';

const seconds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1200];

/** Looks first, then tells: prom-client asks all metrics at once, and tells some before others have looked. */
class LookingRegistry extends Registry {
	/** Called whenever the metrics are asked for, to look what is not counted as it happens. */
	readonly collectors = new Set<() => Promise<void>>();

	override async metrics(): Promise<string> {
		for (const collect of this.collectors) await collect();
		return super.metrics();
	}
}

/**
 * All that Warren counts, in one place: the names are a public contract (docs/metrics.md).
 * Labels are bounded: function names, states and codes, never ids or times.
 */
export function createMetrics() {
	const registry = new LookingRegistry();
	const registers = [registry];
	const counter = (name: string, help: string, labelNames: string[] = []) =>
		new Counter({name: `warren_${name}`, help, labelNames, registers});
	const gauge = (name: string, help: string, labelNames: string[] = []) =>
		new Gauge({name: `warren_${name}`, help, labelNames, registers});
	const histogram = (name: string, help: string) =>
		new FunctionHistogram(registry, `warren_${name}`, help, seconds);
	return {
		registry,
		tasks: gauge('tasks', 'Tasks by function and state, as the store has them', ['function', 'state']),
		transitions: new FunctionCounter(
			registry,
			'warren_task_transitions_total',
			'Tasks that entered a state',
			'state',
		),
		failures: counter('task_failures_total', 'Failed attempts by code', ['function', 'code']),
		queueSeconds: histogram('task_queue_seconds', 'From acceptance to the start of the attempt'),
		initSeconds: histogram('task_init_seconds', 'Making the sandbox ready'),
		runSeconds: histogram('task_run_seconds', 'Inside the sandbox'),
		totalSeconds: histogram('task_total_seconds', 'From acceptance to the terminal state'),
		coldStarts: counter('cold_starts_total', 'Attempts that had to make their sandbox first', ['function']),
		trips: counter('function_trips_total', 'Functions paused by their breaker', ['function']),
		paused: gauge('function_paused', '1 for each function that is paused, by whom', ['function', 'by']),
		pausedPools: gauge('pool_paused', '1 for each pool that is paused', ['pool']),
		limit: gauge('function_limit', 'Attempts that may run at the same time, for each function with a limit', [
			'function',
		]),
		limitUsed: gauge('function_limit_used', 'Attempts that take a place under the limit of their function', [
			'function',
		]),
		spilled: counter('spilled_total', 'Attempts handed to other areas, and how they came back, by area', [
			'area',
			'how',
		]),
		refused: counter('events_refused_total', 'Events that the machine of their actor does not allow', [
			'actor',
			'type',
		]),
		stale: counter(
			'events_stale_total',
			'Outcomes, timers, claims and adoptions of an attempt that is over',
			['type'],
		),
		conflicts: counter('commit_conflicts_total', 'Changes that lost against another revision'),
		commits: counter('commits_total', 'Transactions of the store'),
		owing: gauge(
			'effects_owing',
			'Commits of this server since the first one whose answers, dead letters or dispatches are not all done',
		),
		owingSeconds: gauge('effects_owing_seconds', 'For how long that one has waited for them'),
		published: counter('published_total', 'Messages handed to the broker', ['kind']),
		givenUp: counter(
			'answers_given_up_total',
			'Answers over AMQP that could not be sent and were given up, by why; results stay in the store',
			['why'],
		),
		inFlight: gauge('tasks_in_flight', 'Attempts handed to the broker and not yet settled'),
		backlog: gauge('tasks_backlog', 'Tasks that wait in the store for room in the broker'),
		queued: gauge(
			'tasks_queued',
			'Tasks of a pool that wait in the store, and that are in the broker or with a worker; every server says the same',
			['pool', 'class', 'where'],
		),
		startable: gauge(
			'tasks_startable',
			'Of those, the ones that run or could: without those of paused functions and pools, and those over a limit',
			['pool'],
		),
		queueMessages: gauge(
			'queue_messages',
			'Messages that wait in a queue of all servers: submissions, outcomes without a home, dead letters',
			['queue'],
		),
		storeTrouble: gauge('store_trouble', '1 while the store takes no commits, or answers nothing'),
		executors: gauge('executors', 'Executors of this process that take tasks'),
		executorRestarts: counter('executor_restarts_total', 'Executors of this process replaced, by reason', [
			'reason',
		]),
		workerExecutors: gauge('worker_executors', 'Executors alive, as the workers say in their heartbeats'),
		workerRestarts: gauge(
			'worker_executor_restarts',
			'Executors replaced, as the workers say in their heartbeats',
		),
		drift: gauge('audit_drift', 'What the last audit found that should not be, by kind', ['kind']),
		audited: counter('audit_healed_total', 'What audits did something about, by kind', ['kind']),
		refusedCalls: counter('calls_refused_total', 'Requests over HTTP refused for their API key, by code', [
			'code',
		]),
		keyTrouble: gauge(
			'key_file_trouble',
			'1 while the file of API keys is of no use; those read before hold',
		),
		scaleWanted: gauge('scale_workers_wanted', 'Workers that the live supervisors of a pool should have', [
			'pool',
		]),
		scaleRunning: gauge('scale_workers_running', 'Workers of them that take work', ['pool']),
		scaleFailures: gauge(
			'scale_workers_failing',
			'Workers in a row that ended soon after their start, at the supervisor of the pool that has most',
			['pool'],
		),
		workers: gauge('workers', 'Workers known to the roster, by state', ['pool', 'state']),
	};
}

export type Metrics = ReturnType<typeof createMetrics>;
