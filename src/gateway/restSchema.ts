// What the API page says about bodies and answers: references into the contract.
import type {IncomingMessage, ServerResponse} from 'node:http';
import type {TypeBoxTypeProvider} from '@fastify/type-provider-typebox';
import type {FastifyBaseLogger, FastifyInstance, FastifySchema, RawServerDefault} from 'fastify';
import Type, {type TSchema} from 'typebox';
import {
	BatchSchema,
	FunctionListSchema,
	LogListSchema,
	NodeListSchema,
	RemovedSchema,
	TaskPageSchema,
	VersionListSchema,
	WorkerListSchema,
} from '#contract/answers.ts';
import {AuditSchema, HistorySchema, WhySchema} from '#contract/audit.ts';
import {AutoscaleListSchema, AutoscaleSchema} from '#contract/autoscale.ts';
import {PolicySchema} from '#contract/build.ts';
import {ChunkListSchema} from '#contract/chunk.ts';
import {FailureSchema} from '#contract/failure.ts';
import {DeploySchema, FunctionViewSchema} from '#contract/function.ts';
import {PoolListSchema, PoolViewSchema} from '#contract/pool.ts';
import {ProblemSchema, problemType} from '#contract/problem.ts';
import {HappeningSchema, LedgerSchema, StatusSchema, WorkerViewSchema} from '#contract/status.ts';
import {
	RollingSchema,
	ScaleSchema,
	SupervisorListSchema,
	SupervisorViewSchema,
} from '#contract/supervisor.ts';
import {
	CancelReceiptSchema,
	LogSchema,
	ReceiptSchema,
	SubmitOptionsSchema,
	TaskViewSchema,
} from '#contract/task.ts';

/** Requests are typed by the schemas that check them. */
export type App = FastifyInstance<
	RawServerDefault,
	IncomingMessage,
	ServerResponse,
	FastifyBaseLogger,
	TypeBoxTypeProvider
>;

/** What a room's addresses say of themselves, their scope among it. */
export type Schemas = Record<string, FastifySchema>;

/** Everything that an address refers to by its `$id`. */
export const referred = [
	AuditSchema,
	AutoscaleListSchema,
	AutoscaleSchema,
	BatchSchema,
	CancelReceiptSchema,
	ChunkListSchema,
	DeploySchema,
	FailureSchema,
	FunctionListSchema,
	FunctionViewSchema,
	HappeningSchema,
	HistorySchema,
	LedgerSchema,
	LogListSchema,
	LogSchema,
	PolicySchema,
	ProblemSchema,
	ReceiptSchema,
	RemovedSchema,
	StatusSchema,
	SubmitOptionsSchema,
	TaskPageSchema,
	TaskViewSchema,
	VersionListSchema,
	WhySchema,
	NodeListSchema,
	PoolListSchema,
	PoolViewSchema,
	WorkerListSchema,
	WorkerViewSchema,
	RollingSchema,
	ScaleSchema,
	SupervisorListSchema,
	SupervisorViewSchema,
] as const;

/** A reference to a schema of the list above, by its `$id`. */
export function refer(schema: TSchema): {readonly $ref: string} {
	if ('$id' in schema && typeof schema.$id === 'string') return {$ref: `${schema.$id}#`};
	throw new TypeError('Expected a schema with an `$id` of its own');
}

/** An answer with a body of this schema. */
export const answer = (schema: TSchema, description: string) => ({
	description,
	content: {'application/json': {schema: refer(schema)}},
});

/** The input of a task: whatever JSON the function takes. */
export const anyJson = Type.Unknown({description: 'Any JSON; it reaches the function byte for byte'});

const says: Record<number, string> = {
	400: 'The request is not valid',
	401: 'Keys are asked for here, and there is none in `Authorization`, or one that is not known',
	403: "The API key lacks the scope, or the request is made for a page of another site or a name that is not this node's",
	404: 'There is no such thing',
	408: 'The request did not arrive in time',
	409: 'The state does not allow it',
	413: 'The body is larger than allowed',
	415: 'The body is of no content type that is taken here',
	422: 'The function failed, or its code could not be built',
	429: 'There is no room for more work now, or the API key makes more requests than it may',
	431: 'The headers are larger than 16 KiB',
	500: 'Warren failed, or the function took its executor down',
	503: 'Not ready, or closing; try again',
	504: 'It took longer than allowed, or than the caller waits',
};

/** What every address refuses. */
export const everywhere = [400, 403, 408, 431, 503] as const;
/** What every address refuses that asks for a key. */
const withKey = [401, 429] as const;
/** What every address refuses that a body may be sent to, whether or not it takes one. */
const withBody = [413, 415] as const;

/** What an address says of itself, with what holds for all: problems that any may answer, no unknown query. */
export function completed(schema: FastifySchema, method: string): FastifySchema {
	const bodies = method === 'GET' || method === 'HEAD' ? [] : withBody;
	const {scope = 'open'} = schema;
	const refusals = scope === 'open' ? [...everywhere, ...bodies] : [...everywhere, ...bodies, ...withKey];
	const response = {...problems(...refusals), ...(schema.response as object | undefined)};
	const security = scope === 'open' ? [] : [{[securityName]: [scope]}];
	return {querystring: nothing, ...schema, security, response};
}

/** What the API page calls the way in which a key is sent. */
export const securityName = 'key';

const nothing = Type.Object({}, {additionalProperties: false});

/** The problems that an address may answer with. */
export function problems(...statuses: number[]): Record<number, object> {
	return Object.fromEntries(
		statuses.map(status => [
			status,
			{
				description: says[status] ?? 'A problem',
				content: {[problemType]: {schema: refer(ProblemSchema)}},
			},
		]),
	);
}
