// What pool supervisors and servers tell each other over `warren.control`. Lossy: a supervisor says what it
// does every second, and is told again what it should do until it does. Bodies are JSON.
import Type, {type Static, type TSchema} from 'typebox';
import {checker} from './check.ts';

const orNull = <S extends TSchema>(schema: S) => Type.Union([schema, Type.Null()]);

/** A worker process as its supervisor knows it. */
const ProcessSchema = Type.Object({
	pid: Type.Integer(),
	worker: orNull(Type.String({description: 'Its id as a worker, once it takes work'})),
	state: Type.Enum(['starting', 'ready', 'draining'] as const, {
		description: '`starting`: it takes no work yet, or has not answered its supervisor for three seconds',
	}),
});

const TroubleSchema = Type.Object({
	why: Type.String({description: 'How the last one ended'}),
	failures: Type.Integer({description: 'So many in a row ended that had not served for ten seconds'}),
	retryAt: Type.Number({description: 'When the next one is started, ms since the epoch'}),
});

const RestartSchema = Type.Object({
	id: Type.String(),
	left: Type.Integer({description: 'Workers from before it that are still there'}),
});

const known = {
	pool: Type.String(),
	tags: Type.Optional(
		Type.Array(Type.String(), {description: 'What its workers have; an older supervisor does not say'}),
	),
	host: Type.String(),
	pid: Type.Integer(),
	version: Type.String(),
	wanted: orNull(
		Type.Integer({description: 'How many workers it keeps; null: it has just started and asks'}),
	),
	workers: Type.Array(ProcessSchema),
	restarts: Type.Integer({description: 'Workers that ended by themselves and were started again'}),
	trouble: orNull(TroubleSchema),
	restart: orNull(RestartSchema),
	startedAt: Type.Number(),
};

/** To `heartbeat.supervisor.<id>`, every second, and whenever something has changed. */
export const SupervisorBeatSchema = Type.Object({
	supervisor: Type.String({minLength: 1}),
	...known,
	/** `stopping`: its workers drain, and none is started. `stopped`: its last word. */
	state: Type.Enum(['running', 'stopping', 'stopped'] as const),
	everyMs: Type.Number({minimum: 1}),
	at: Type.Number(),
});

/** To `supervisor.<id>`. */
export const SupervisorOrderSchema = Type.Union([
	/** Keep so many workers; null: nobody has said how many, so as many as it was given. */
	Type.Object({type: Type.Literal('scale'), workers: orNull(Type.Integer({minimum: 0}))}),
	/** Replace every worker that runs now, so many at once; the same `id` again is the same restart. */
	Type.Object({
		type: Type.Literal('restart'),
		id: Type.String({minLength: 1}),
		mostAtOnce: Type.Integer({minimum: 1}),
	}),
]);

/** A supervisor as a server hears it. */
export const SupervisorViewSchema = Type.Object(
	{
		id: Type.String(),
		...known,
		state: Type.Enum(['running', 'stopping', 'lost'] as const),
		running: Type.Integer({description: 'Its workers that take work'}),
		lastBeat: Type.Number(),
	},
	{$id: 'Supervisor'},
);

/** How many workers a pool should have, and has. */
export const ScaleSchema = Type.Object(
	{
		pool: Type.String(),
		workers: orNull(
			Type.Integer({
				description: 'As it was said last; null: never, each supervisor keeps as many as it was given',
			}),
		),
		running: Type.Integer({description: 'Workers of live supervisors that take work'}),
		others: Type.Integer({
			description: 'Workers of this pool that were started by hand; they are not counted',
		}),
		done: Type.Boolean({description: 'It is so: nothing has to start, to drain or to be replaced'}),
		supervisors: Type.Array(SupervisorViewSchema),
	},
	{$id: 'Scale'},
);

/** A rolling restart that has begun. */
export const RollingSchema = Type.Object(
	{
		id: Type.String({description: 'Each supervisor says how far it is with it'}),
		pool: Type.String(),
		supervisors: Type.Array(Type.String({description: 'Who was told'})),
	},
	{$id: 'Rolling'},
);

export const SupervisorListSchema = Type.Object(
	{supervisors: Type.Array(SupervisorViewSchema)},
	{$id: 'SupervisorList'},
);

export type Rolling = Static<typeof RollingSchema>;
export type SupervisorList = Static<typeof SupervisorListSchema>;
export type SupervisorBeat = Static<typeof SupervisorBeatSchema>;
export type SupervisorOrder = Static<typeof SupervisorOrderSchema>;
export type SupervisorView = Static<typeof SupervisorViewSchema>;
export type ScaleView = Static<typeof ScaleSchema>;
export const checkSupervisorBeat = checker(SupervisorBeatSchema);
export const checkSupervisorOrder = checker(SupervisorOrderSchema);
