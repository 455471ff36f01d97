// What a worker takes, and what it gives the executors it runs that in.
import {defaultExecutorBounds, leastRssMb} from '#actors/executorBounds.ts';
import {defaultPool} from '#actors/lane.ts';
import {type Setting, setting} from './setting.ts';

const mebi = 2 ** 20;
const leastBudgetMb = 16;

export const workerSettings = {
	'worker.pool': setting('pool', defaultPool, 'The pool whose tasks this worker takes.', {flag: 'pool'}),
	'worker.tags': setting(
		'tags',
		null,
		'What functions may need of this worker (`gpu,eu`): those that do run nowhere else.',
		{otherwise: 'none', flag: 'tags'},
	),
	'worker.executors': setting('whole', null, 'How many executor processes run functions.', {
		otherwise: 'one a core',
		min: 1,
		max: 1024,
	}),
	'worker.slots': setting('whole', 4, 'How many functions run side by side in one executor.', {
		min: 1,
		max: 256,
	}),
	'worker.memoryBudget': setting(
		'bytes',
		`${defaultExecutorBounds.memoryBudgetMb}MiB`,
		'How much memory one executor keeps in warm sandboxes; the least used go first.',
		{min: leastBudgetMb * mebi},
	),
	'worker.hardRss': setting(
		'bytes',
		`${defaultExecutorBounds.hardRssMb}MiB`,
		'An executor whose process grows over this is killed. At least ' +
			`${leastRssMb(0)}MiB more than \`worker.memoryBudget\`, or warm sandboxes alone would fill it.`,
		{min: leastRssMb(leastBudgetMb) * mebi},
	),
	'worker.sandbox': setting(
		['auto', 'strict', 'off'],
		'auto',
		'The walls around executors (SECURITY.md). `auto`: all that this machine allows, and a line in the log that ' +
			'names the others. `strict`: all of them, or no start. `off`: none but the watch over memory, and what Node itself refuses.',
	),
	'worker.sandboxUser': setting(
		'whole',
		65_534,
		'The numeric user and group that executors run as where this node runs as root. It should own nothing.',
		{min: 1, max: 2 ** 31 - 1},
	),
	'worker.heartbeat': setting(
		'duration',
		'1s',
		'How often a worker says what it holds. Two silent beats are suspect, three are a loss.',
		{min: 50, max: 60_000},
	),
	'worker.heartbeatFile': setting(
		'path',
		null,
		'A file that is touched at each heartbeat, whether or not the broker takes it: for a probe, as a worker opens no port. ' +
			'One worker each: those of a supervisor are watched by it.',
		{otherwise: 'none'},
	),
	'worker.drainTimeout': setting(
		'duration',
		'30s',
		'How long a node that stops, a server too, waits for what it has in hand; the rest is given back, and runs ' +
			'elsewhere or after the next start. Ten seconds later it ends, whatever its broker and its store do.',
		{max: 3_600_000},
	),
} as const satisfies Record<string, Setting>;
