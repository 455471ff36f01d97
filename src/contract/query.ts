// What may stand in the query of a REST address. Numbers and booleans come as text and are converted.
import Type, {type Static} from 'typebox';
import {mostLines} from './chunk.ts';
import {FunctionNameSchema, PoolNameSchema, TaskIdSchema} from './names.ts';
import {StateSchema} from './task.ts';

const strict = {additionalProperties: false} as const;
const before = Type.Optional(
	Type.String({...TaskIdSchema, description: 'The page goes on after this task; see `next`'}),
);
const limit = Type.Optional(Type.Integer({minimum: 1, maximum: 1000, description: '100 unless said'}));
const fn = Type.Optional(FunctionNameSchema);

export const WaitSchema = Type.String({
	pattern: '^\\d+(\\.\\d+)?(ms|s|m|h|d)$',
	description: 'How long to wait for the end, like `30s` or `500ms`; at most `4m`',
});

export const WaitQuerySchema = Type.Object({wait: Type.Optional(WaitSchema)}, strict);

export const MapQuerySchema = Type.Object(
	{
		size: Type.Optional(
			Type.Integer({
				minimum: 1,
				maximum: mostLines,
				description: 'Inputs of a chunk, at most; 500 unless said, and fewer where there are few',
			}),
		),
	},
	strict,
);

export const TaskQuerySchema = Type.Object(
	{function: fn, state: Type.Optional(StateSchema), before, limit},
	strict,
);

export const DeadQuerySchema = Type.Object(
	{
		function: fn,
		before,
		limit,
		all: Type.Optional(Type.Boolean({description: 'Those too that somebody waited for'})),
	},
	strict,
);

export const RedriveQuerySchema = Type.Object(
	{
		sameVersion: Type.Optional(Type.Boolean({description: 'The version it ran before, not the live one'})),
		reply: Type.Optional(Type.Boolean({description: 'Answer its `reply_to` a second time'})),
	},
	strict,
);

export const RemoveQuerySchema = Type.Object(
	{cancel: Type.Optional(Type.Boolean({description: 'Cancel its open tasks first'}))},
	strict,
);

export const PauseQuerySchema = Type.Object(
	{why: Type.Optional(Type.String({minLength: 1, maxLength: 500, description: 'Shown to whoever asks'}))},
	strict,
);

export const AuditQuerySchema = Type.Object(
	{
		rows: Type.Optional(
			Type.Boolean({description: 'Count the rows of all tasks first: about a second for a million'}),
		),
	},
	strict,
);

export const ScaleQuerySchema = Type.Object(
	{workers: Type.Integer({minimum: 0, maximum: 10_000, description: 'How many there should be'})},
	strict,
);

export const PoolQuerySchema = Type.Object({pool: Type.Optional(PoolNameSchema)}, strict);

export const RestartQuerySchema = Type.Object(
	{
		mostAtOnce: Type.Optional(
			Type.Integer({minimum: 1, maximum: 1000, description: 'By each supervisor; 1 unless said'}),
		),
	},
	strict,
);

export const BatchQuerySchema = Type.Object(
	{
		options: Type.Optional(
			Type.Enum(['each'] as const, {
				description: '`each`: every item is `{"input": …, "options": {…}}`, not a bare input',
			}),
		),
	},
	strict,
);

export const EventQuerySchema = Type.Object(
	{
		actor: Type.Optional(Type.Enum(['task', 'function', 'worker'] as const)),
		group: Type.Optional(Type.String({description: 'A function (for tasks too), or the pool of a worker'})),
		state: Type.Optional(Type.String()),
	},
	strict,
);

export const NameParamsSchema = Type.Object({name: FunctionNameSchema});
export const PoolParamsSchema = Type.Object({pool: PoolNameSchema});
export const NodeParamsSchema = Type.Object({node: Type.String({minLength: 1, maxLength: 128})});
export const WorkerParamsSchema = Type.Object({worker: Type.String({minLength: 1, maxLength: 128})});
export const TaskParamsSchema = Type.Object({id: TaskIdSchema});

export type EventQuery = Static<typeof EventQuerySchema>;
