// How many workers there are: supervisors, the scale of a pool, rolling restarts, the drain of one worker.
import type {Api} from '#api/api.ts';
import {AutoscaleListSchema} from '#contract/autoscale.ts';
import {
	PoolParamsSchema,
	PoolQuerySchema,
	RestartQuerySchema,
	ScaleQuerySchema,
	WorkerParamsSchema,
} from '#contract/query.ts';
import {WorkerViewSchema} from '#contract/status.ts';
import {RollingSchema, ScaleSchema, SupervisorListSchema} from '#contract/supervisor.ts';
import {unwrap} from './restProblem.ts';
import {type App, answer, problems, type Schemas} from './restSchema.ts';

const tags = ['operations'];

const schemas = {
	supervisors: {
		operationId: 'listSupervisors',
		scope: 'read',
		tags,
		summary: 'The pool supervisors that this node hears of, with the workers each keeps',
		response: {200: answer(SupervisorListSchema, 'The supervisors'), ...problems(503)},
	},
	get: {
		operationId: 'getScale',
		scope: 'read',
		tags,
		summary: 'How many workers a pool should have, and has',
		params: PoolParamsSchema,
		response: {200: answer(ScaleSchema, 'The scale of the pool'), ...problems(400, 503)},
	},
	scale: {
		operationId: 'scalePool',
		scope: 'operate',
		tags,
		summary: 'Say how many workers a pool should have',
		description:
			'The number is kept and split evenly over the live supervisors of the pool, now and whenever one comes or ' +
			'goes; those that are too many drain. The answer comes at once: look at the same address until it is `done`. ' +
			'Where `supervisors` is empty nobody sees to it yet.',
		params: PoolParamsSchema,
		querystring: ScaleQuerySchema,
		response: {200: answer(ScaleSchema, 'It is kept'), ...problems(400, 503)},
	},
	explain: {
		operationId: 'explainScale',
		scope: 'read',
		tags,
		summary: 'What the rules of pools saw and decided, and why',
		description:
			'Pools without a rule (the setting `autoscale` of the server that is asked) are not listed. Of the servers that ' +
			'have a rule for a pool one decides, `leader`; the others look at the same, and hear what it decides.',
		querystring: PoolQuerySchema,
		response: {200: answer(AutoscaleListSchema, 'The rules'), ...problems(400, 503)},
	},
	restart: {
		operationId: 'restartWorkers',
		scope: 'operate',
		tags,
		summary: 'Replace the workers of a pool, one after the other',
		description:
			'Each supervisor starts a new worker, waits until it takes work, and drains an old one, until all are new. The ' +
			'answer comes at once: the supervisors say how far they are under `restart`.',
		params: PoolParamsSchema,
		querystring: RestartQuerySchema,
		response: {200: answer(RollingSchema, 'It has begun'), ...problems(400, 409, 503)},
	},
	drain: {
		operationId: 'drainWorker',
		scope: 'operate',
		tags,
		summary: 'Drain a worker',
		description:
			'It takes nothing new, finishes or gives back what it has, and exits. The answer comes at once, with the worker ' +
			'as it was heard last: ask again until it is `draining`, `stopped`, or no longer listed. A supervisor that keeps ' +
			'it starts another in its place.',
		params: WorkerParamsSchema,
		response: {200: answer(WorkerViewSchema, 'It is told'), ...problems(400, 404, 503)},
	},
} satisfies Schemas;

export function scaleRoutes(app: App, api: Api): void {
	app.get('/v1/supervisors', {schema: schemas.supervisors}, async () => ({supervisors: api.supervisors()}));
	app.get('/v1/pools/:pool/scale', {schema: schemas.get}, async ({params}) =>
		unwrap(await api.scaled(params.pool)),
	);
	app.get('/v1/autoscale', {schema: schemas.explain}, async ({query}) => ({
		pools: api.explainScale(query.pool),
	}));
	app.post('/v1/pools/:pool/scale', {schema: schemas.scale}, async ({params, query}) =>
		unwrap(await api.scale(params.pool, query.workers)),
	);
	app.post('/v1/pools/:pool/restart', {schema: schemas.restart}, async ({params, query}) =>
		unwrap(api.restartWorkers(params.pool, query)),
	);
	app.post('/v1/workers/:worker/drain', {schema: schemas.drain}, async ({params}) =>
		unwrap(api.drain(params.worker)),
	);
}
