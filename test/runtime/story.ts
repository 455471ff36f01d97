// One small story that has everything in it: what is asked for, by which door, and what each of it comes to
// whoever dies on the way.
import type {TaskState, TimerKind} from '#actors/task.ts';
import type {Run} from './scripted.ts';

export type Part = {
	/** By `amqp` it is published to the intake, by a producer that wants an answer. */
	readonly door: 'api' | 'amqp';
	/** The functions of the story: `fib` runs, `idle` is of a pool that is paused. */
	readonly function?: 'fib' | 'idle';
	/** Its ends, one after the other, for each way that it may go. */
	readonly ends: readonly (readonly TaskState[])[];
	/** Those of its timers that fire, each once, in their order. */
	readonly fires?: readonly TimerKind[];
	/** How its first end is taken back. */
	readonly redriven?: 'asked' | 'moved back';
	readonly maxAttempts?: number;
	readonly expiresInMs?: number;
	readonly deadlineInMs?: number;
};

const succeeded = ['succeeded'] as const;
const expired = ['expired'] as const;
const redriven = ['dead', 'succeeded'] as const;

/** By input, which is the key and the correlation id too. */
export const story: Readonly<Record<string, Part>> = {
	well: {door: 'api', ends: [succeeded]},
	'fails once': {door: 'api', ends: [succeeded], fires: ['retry']},
	fails: {door: 'api', ends: [['dead']], fires: ['retry']},
	'cancelled at once': {door: 'api', ends: [['cancelled'], succeeded]},
	'is redriven': {door: 'api', maxAttempts: 1, redriven: 'asked', ends: [redriven]},
	late: {door: 'api', ends: [succeeded]},
	published: {door: 'amqp', ends: [succeeded]},
	'published, fails once': {door: 'amqp', ends: [succeeded], fires: ['retry']},
	'published, moved back': {door: 'amqp', maxAttempts: 1, redriven: 'moved back', ends: [redriven]},
	'never ends': {door: 'amqp', deadlineInMs: 3500, ends: [expired], fires: ['deadline']},
	'waits in vain': {door: 'amqp', function: 'idle', expiresInMs: 1500, ends: [expired], fires: ['expire']},
	'expires in the intake': {
		...{door: 'amqp', function: 'idle', expiresInMs: 100},
		...{ends: [expired], fires: ['expire']},
	},
};

/** Published before the first server is there. */
export const early = 'expires in the intake';

/** Published too, and no input at all: it is parked, and whoever published it is told. */
export const malformed = 'not JSON';

/** What a worker does with the story. */
export const act = (run: Run): void => {
	if (run.input === 'never ends') return;
	const {fires = [], redriven: again} = story[String(run.input)] ?? {};
	const once = run.attempt === 1 && (fires.includes('retry') || again !== undefined);
	const fails = once || run.input === 'fails';
	setImmediate(() => (fails ? run.fail('FUNCTION_THREW') : run.succeed({of: run.input})));
};
