// /v1/pools: list, pause, resume.
import type {Api} from '#api/api.ts';
import {PoolListSchema, PoolViewSchema} from '#contract/pool.ts';
import {PauseQuerySchema, PoolParamsSchema} from '#contract/query.ts';
import {unwrap} from './restProblem.ts';
import {type App, answer, problems, type Schemas} from './restSchema.ts';

const tags = ['operations'];

const schemas = {
	list: {
		operationId: 'listPools',
		scope: 'read',
		tags,
		summary: 'List the pools',
		description: 'Every pool that a function, a task or a worker names, or that is paused.',
		response: {200: answer(PoolListSchema, 'All pools'), ...problems(503)},
	},
	pause: {
		operationId: 'pausePool',
		scope: 'operate',
		tags,
		summary: 'Pause a pool',
		description:
			'New tasks are taken and wait with those that wait already; what is in the broker runs out. All servers keep ' +
			'to it, and it outlives them. Twice is harmless.',
		params: PoolParamsSchema,
		querystring: PauseQuerySchema,
		response: {200: answer(PoolViewSchema, 'It is paused'), ...problems(400, 503)},
	},
	resume: {
		operationId: 'resumePool',
		scope: 'operate',
		tags,
		summary: 'Resume a pool',
		description: 'What waits is placed at once.',
		params: PoolParamsSchema,
		response: {200: answer(PoolViewSchema, 'It is not paused'), ...problems(400, 503)},
	},
} satisfies Schemas;

export function poolRoutes(app: App, api: Api): void {
	app.get('/v1/pools', {schema: schemas.list}, async () => ({pools: unwrap(await api.pools())}));
	app.post('/v1/pools/:pool/pause', {schema: schemas.pause}, async ({params, query}) =>
		unwrap(await api.pausePool(params.pool, query)),
	);
	app.post('/v1/pools/:pool/resume', {schema: schemas.resume}, async ({params}) =>
		unwrap(await api.resumePool(params.pool)),
	);
}
