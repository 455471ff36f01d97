// Every setting there is: its default, what it may be and what it means. The documentation, the names
// of the variables and the checks are all made from this.
import {defaultBreaker, defaultPolicy, mostWallMs} from '#actors/policy.ts';
import {areaSettings} from './areaSettings.ts';
import {dispatchSettings} from './dispatchSettings.ts';
import {type Setting, setting} from './setting.ts';
import {workerSettings} from './workerSettings.ts';

const mebi = 2 ** 20;
const {backoff} = defaultPolicy;

export const settings = {
	'node.id': setting(
		'name',
		null,
		'The name of this node. Two processes with one name fence each other off.',
		{otherwise: 'made once and kept in `node.data`'},
	),
	'node.data': setting(
		'path',
		'.warren',
		'The folder of this node: its name, the SQLite store, API keys (`keys.json`). One server at a time; a worker needs none.',
		{flag: 'data'},
	),
	'node.lease': setting(
		'duration',
		'6s',
		'Where several servers share a store: how long one may be silent before the others take up its tasks.',
		{min: 1000, max: 3_600_000},
	),
	roles: setting(
		'roles',
		'server,worker',
		'What this node does: `server` (REST, intake, store), `worker` (runs functions), or both.',
	),
	'http.host': setting(
		'text',
		'127.0.0.1',
		'Where REST listens; `0.0.0.0` for every interface. Anywhere but on loopback callers need API keys.',
		{flag: 'host'},
	),
	'http.port': setting('whole', 7070, 'The port of REST; 0 takes a free one.', {
		min: 0,
		max: 65535,
		flag: 'port',
	}),
	'http.bodyLimit': setting('bytes', '32MiB', 'The largest request body; a batch of tasks is one body.', {
		min: 1024,
	}),
	'http.keys': setting(
		'path',
		null,
		'The file of API keys (`warren keys create`), which several servers may share. Where it is, callers need one.',
		{otherwise: '`keys.json` in `node.data`, if it is there'},
	),
	'http.open': setting(
		'flag',
		false,
		'Ask nobody for a key, wherever REST listens: whoever reaches it may do everything. Keep it private.',
	),
	'http.openMetrics': setting(
		'flag',
		false,
		'Answer `/metrics` without a key, where the others need one; else it takes the scope `read`.',
	),
	'broker.url': setting(
		'broker',
		'memory:',
		'The message broker. `memory:` is a broker inside this process that no other can join.',
		{flag: 'broker'},
	),
	'broker.prefix': setting(
		'name',
		'warren',
		'The first part of the name of every exchange and queue; keeps installations on one broker apart.',
	),
	'broker.window': setting('whole', 256, 'How many messages may wait for the broker to confirm them.', {
		min: 1,
		max: 65535,
	}),
	'broker.ca': setting('path', null, 'The certificates (PEM) that the broker is trusted by, with `amqps:`.', {
		otherwise: "the system's",
	}),
	'broker.cert': setting('path', null, 'The certificate (PEM) that this node shows to the broker.', {
		otherwise: 'none',
	}),
	'broker.key': setting('path', null, 'The private key (PEM) of `broker.cert`.', {otherwise: 'none'}),
	'store.url': setting(
		'store',
		null,
		'Where tasks are kept. A `postgres:` URL: in the schema `?schema=` of a database (`warren` unless given), which ' +
			'several nodes may share. `memory:` forgets everything when the process ends.',
		{otherwise: '`sqlite:` and `warren.db` in `node.data`', flag: 'store'},
	),
	'store.retention': setting(
		'duration',
		'7d',
		'How long ended tasks are kept, and their keys with them. Longer than any producer retries.',
		{min: 1000},
	),
	'store.groupMax': setting('whole', 2000, 'The most changes in one transaction.', {min: 1, max: 100_000}),
	...workerSettings,
	'breaker.crashes': setting(
		'whole',
		defaultBreaker.crashes,
		'So many executors that die of one version of a function pause that function; 0: never.',
		{min: 0, max: 1000},
	),
	'breaker.window': setting(
		'duration',
		`${defaultBreaker.windowMs / 1000}s`,
		'The time within which they have to die for it.',
		{min: 1000, max: 86_400_000},
	),
	...dispatchSettings,
	...areaSettings,
	autoscale: setting('autoscale', '{}', 'Pools whose number of workers a rule decides: docs/scaling.md.'),
	'limits.payload': setting('bytes', '8MiB', 'The largest input and the largest result.', {
		min: 1,
		max: 8 * mebi,
	}),
	'limits.batch': setting('whole', 10_000, 'The most tasks in one request.', {min: 1, max: 10_000}),
	'intake.maxBytes': setting(
		'bytes',
		'512MiB',
		'When more than this waits in the intake queue, producers are refused. Fixed when the queue is made.',
		{min: mebi},
	),
	'defaults.wall': setting(
		'duration',
		`${defaultPolicy.wallMs / 1000}s`,
		'Wall-clock time of one attempt, where the function says nothing.',
		{min: 1, max: mostWallMs},
	),
	'defaults.cpu': setting('duration', `${defaultPolicy.cpuMs / 1000}s`, 'CPU time of one attempt.', {
		min: 1,
		max: mostWallMs,
	}),
	'defaults.memory': setting('bytes', `${defaultPolicy.memoryMb}MiB`, 'The heap of one sandbox.', {
		min: 8 * mebi,
		max: 4096 * mebi,
	}),
	'defaults.maxAttempts': setting(
		'whole',
		defaultPolicy.maxAttempts,
		'Charged attempts before a failure of the function is final.',
		{min: 1, max: 100},
	),
	'defaults.infraAttempts': setting(
		'whole',
		defaultPolicy.infraAttempts,
		'Attempts before a failure of Warren itself (`INTERNAL`) is final; a crash (`CRASHED`) is tried as often at least. ' +
			'What a lost worker had in hand is not counted.',
		{min: 1, max: 100},
	),
	'defaults.backoff.base': setting(
		'duration',
		`${backoff.baseMs}ms`,
		'How long to wait before the second attempt.',
	),
	'defaults.backoff.factor': setting('number', backoff.factor, 'How much longer every further wait is.', {
		min: 1,
		max: 100,
	}),
	'defaults.backoff.max': setting(
		'duration',
		`${backoff.maxMs / 1000}s`,
		'The longest wait between attempts.',
	),
	'defaults.isolation': setting(
		['reuse', 'fresh'],
		defaultPolicy.isolation,
		'`reuse`: one warm sandbox per version, one call at a time. `fresh`: a new sandbox for every call.',
	),
	'log.level': setting(
		['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'],
		null,
		'The least important lines that are written.',
		{otherwise: '`info`; `warn` on a terminal', flag: 'log'},
	),
	'log.pretty': setting('flag', false, 'Lines for people instead of JSON (needs pino-pretty).'),
	'events.enabled': setting(
		'flag',
		true,
		'Publish what happens to tasks, workers and functions to the events exchange. Without it who listens to events at ' +
			'another server hears nothing of what this one does; to those of a task: its state then, and its end.',
	),
} as const satisfies Record<string, Setting>;

export type Key = keyof typeof settings;

export const keys = Object.keys(settings) as Key[];

/** `worker.drainTimeout` → `WARREN_WORKER_DRAIN_TIMEOUT` */
export const variableOf = (key: Key): string =>
	`WARREN_${key
		.replaceAll('.', '_')
		.replace(/[A-Z]/g, letter => `_${letter}`)
		.toUpperCase()}`;
