import Type, {type Static} from 'typebox';
import {classes} from '#actors/lane.ts';
import {FailureSchema} from './failure.ts';
import {FunctionNameSchema, KeySchema, TaskIdSchema} from './names.ts';
import {UsageSchema} from './outcome.ts';

const time = Type.Number({description: 'ms since the epoch'});
const orNull = <S extends Type.TSchema>(schema: S, options?: {readonly description: string}) =>
	Type.Union([schema, Type.Null()], options);

export const StateSchema = Type.Enum([
	'accepted',
	'queued',
	'running',
	'retrying',
	'succeeded',
	'dead',
	'cancelled',
	'expired',
] as const);

/** The last moment that a date can say (ECMA-262, Time Values). A store gives back no integer of 2^53. */
const lastMoment = 8_640_000_000_000_000;
/** A hundred years. */
const longestMs = 3_155_760_000_000;

/** What may be said about a task beside its input; the AMQP door takes the same from properties and headers. */
export const SubmitOptionsSchema = Type.Object(
	{
		key: Type.Optional(KeySchema),
		version: Type.Optional(Type.String({description: 'The digest of a version; the live one without it'})),
		expiresInMs: Type.Optional(
			Type.Integer({minimum: 1, maximum: longestMs, description: 'How long it may wait to be started'}),
		),
		deadline: Type.Optional(
			Type.Integer({
				minimum: 0,
				maximum: lastMoment,
				description: 'When it must be over, ms since the epoch',
			}),
		),
		timeoutMs: Type.Optional(
			Type.Number({minimum: 1, description: 'Wall time of one attempt; the policy is the most'}),
		),
		maxAttempts: Type.Optional(Type.Integer({minimum: 1, maximum: 100})),
		class: Type.Optional(
			Type.Enum(classes, {description: "Its priority; that of the function's policy without it"}),
		),
		spill: Type.Optional(
			Type.Boolean({
				description:
					"It may run in another area where it would wait too long here; as the function's policy says without it",
			}),
		),
		trace: Type.Optional(Type.String({maxLength: 128, description: 'W3C traceparent'})),
	},
	{$id: 'SubmitOptions', additionalProperties: false},
);

/** A submission was taken. */
export const ReceiptSchema = Type.Object(
	{
		task: Type.String(),
		function: Type.String(),
		state: StateSchema,
		/** The key was known: this is the task it made then. */
		existing: Type.Boolean(),
	},
	{$id: 'Receipt'},
);

/** What a producer knows of a task of a function: its id, or the key that it was submitted with. */
export const TaskByIdSchema = Type.Object({function: FunctionNameSchema, task: TaskIdSchema});
export const TaskByKeySchema = Type.Object({function: FunctionNameSchema, key: KeySchema});

/** How the attempt that ran was stopped. */
export const StopSchema = Type.Object({
	worker: Type.String(),
	confirmed: Type.Boolean({
		description: 'False: the worker has not said so within 2 s; it is told again until it does',
	}),
	ms: orNull(Type.Number({description: 'From the commit of the cancel to the word of the worker'})),
	runMs: orNull(Type.Number({description: 'How long the attempt had run'})),
	cpuMs: orNull(Type.Number({description: 'What it had used'})),
	hostCalls: orNull(
		Type.Integer({
			minimum: 0,
			description:
				'How often it had called the host across the wall of its sandbox; null where it never began, where its executor had to be killed, and where an older worker does not say',
		}),
	),
});

export const CancelReceiptSchema = Type.Object(
	{
		task: Type.String(),
		was: {
			...StateSchema,
			description:
				'The state that the cancel found. What runs is known from heartbeats: an attempt that began less than one of them ' +
				'(1 s) ago may be told as `queued`',
		},
		state: StateSchema,
		cancelled: Type.Boolean({description: 'False: it had ended before, or this was the second cancel'}),
		stop: orNull(StopSchema, {
			description:
				'How the attempt that ran was stopped; null: none was heard to run. One that began less than a heartbeat ago ' +
				'is stopped as well, and not waited for',
		}),
	},
	{$id: 'CancelReceipt'},
);

export const TaskViewSchema = Type.Object(
	{
		id: Type.String(),
		function: Type.String(),
		version: Type.String(),
		state: StateSchema,
		pool: Type.String(),
		class: Type.Enum(classes),
		door: Type.String(),
		key: orNull(Type.String()),
		attempt: Type.Integer(),
		charged: Type.Integer(),
		maxAttempts: Type.Integer(),
		chunk: orNull(
			Type.Integer({description: 'How many inputs it has, where it was made by a map; null: it has one'}),
		),
		/** What it waits for, in words; null once it runs or has ended. */
		waitingFor: orNull(Type.String()),
		failure: orNull(FailureSchema),
		usage: orNull(UsageSchema),
		createdAt: time,
		updatedAt: time,
		startedAt: orNull(time),
		endedAt: orNull(time),
		dueAt: orNull(time),
		expiresAt: orNull(time),
		deadline: orNull(time),
	},
	{$id: 'Task'},
);

export const LogSchema = Type.Object(
	{
		attempt: Type.Integer(),
		lines: Type.Array(Type.Object({at: time, level: Type.String(), text: Type.String()})),
	},
	{$id: 'Log'},
);

export type State = Static<typeof StateSchema>;
export type SubmitOptions = Static<typeof SubmitOptionsSchema>;
export type Receipt = Static<typeof ReceiptSchema>;
export type TaskName = Static<typeof TaskByIdSchema> | Static<typeof TaskByKeySchema>;
export type Stop = Static<typeof StopSchema>;
export type CancelReceipt = Static<typeof CancelReceiptSchema>;
export type TaskView = Static<typeof TaskViewSchema>;
export type Log = Static<typeof LogSchema>;
