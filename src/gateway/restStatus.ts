// What operators and probes ask: workers, status, healthz, readyz, metrics.
import Type from 'typebox';
import {fail} from '#actors/failure.ts';
import type {Api} from '#api/api.ts';
import {NodeListSchema, WorkerListSchema} from '#contract/answers.ts';
import {AuditSchema} from '#contract/audit.ts';
import {AuditQuerySchema, NodeParamsSchema} from '#contract/query.ts';
import {NodeViewSchema, StatusSchema} from '#contract/status.ts';
import type {Access} from '#keys/keys.ts';
import type {Metrics} from '#observe/observe.ts';
import {Refusal, unwrap} from './restProblem.ts';
import {type App, answer, problems, type Schemas} from './restSchema.ts';

const tags = ['operations'];

const OkSchema = Type.Object({status: Type.Literal('ok')});
const ok = {description: 'Yes', content: {'application/json': {schema: OkSchema}}};

const schemas = {
	workers: {
		operationId: 'listWorkers',
		scope: 'read',
		tags,
		summary: 'The workers that this node hears of',
		response: {200: answer(WorkerListSchema, 'The roster'), ...problems(503)},
	},
	nodes: {
		operationId: 'listNodes',
		scope: 'read',
		tags,
		summary: 'The servers that work on the same store, and whether they live',
		response: {200: answer(NodeListSchema, 'The servers'), ...problems(503)},
	},
	forget: {
		operationId: 'forgetNode',
		scope: 'operate',
		tags,
		summary: 'Forget a server that comes no more',
		description:
			'Its line in the list and its inbox go. It may not live, nor owe anything: what it owed is taken up by those ' +
			'that live. If it starts again, it is as before. What others still run in its name tells its end to whoever is ' +
			'there; an outcome that comes in the moment of the removal may be lost, and its task runs once more.',
		params: NodeParamsSchema,
		response: {200: answer(NodeViewSchema, 'What it was'), ...problems(404, 409, 503)},
	},
	status: {
		operationId: 'getStatus',
		scope: 'read',
		tags,
		summary: 'The state of this node, and the ledger of all tasks',
		response: {200: answer(StatusSchema, 'The status'), ...problems(503)},
	},
	audit: {
		operationId: 'audit',
		scope: 'operate',
		tags,
		summary: 'Balance the ledger of all tasks now',
		description:
			'Compares the store with the broker and the heartbeats, names each task that does not fit, and does ' +
			'what the background audit does about it.',
		querystring: AuditQuerySchema,
		response: {200: answer(AuditSchema, 'What it saw'), ...problems(503)},
	},
	healthz: {
		operationId: 'healthz',
		scope: 'open',
		tags,
		summary: 'Does the process answer?',
		response: {200: ok},
	},
	readyz: {
		operationId: 'readyz',
		scope: 'open',
		tags,
		summary: 'Is everything there that this node needs?',
		response: {200: ok, ...problems(503)},
	},
	metrics: {
		operationId: 'metrics',
		tags,
		summary: 'Counters in the Prometheus text format',
		response: {200: {description: 'Metrics', content: {'text/plain': {schema: Type.String()}}}},
	},
} satisfies Schemas;

/** @param metricsFor what it takes to read the metrics */
export function statusRoutes(app: App, api: Api, metrics: Metrics, metricsFor: Access): void {
	app.get('/v1/workers', {schema: schemas.workers}, async () => ({workers: api.workers()}));
	app.get('/v1/nodes', {schema: schemas.nodes}, async () => ({nodes: unwrap(await api.nodes())}));
	app.delete('/v1/nodes/:node', {schema: schemas.forget}, async ({params}) =>
		unwrap(await api.forgetNode(params.node)),
	);
	app.get('/v1/status', {schema: schemas.status}, () => api.status());
	app.get('/v1/audit', {schema: schemas.audit}, async ({query}) => unwrap(await api.audit(query)));
	app.get('/healthz', {schema: schemas.healthz}, async () => ({status: 'ok' as const}));
	app.get('/readyz', {schema: schemas.readyz}, async () => {
		const missing = api.ready();
		if (missing === undefined) return {status: 'ok' as const};
		throw new Refusal(fail('UNAVAILABLE', `Not ready: ${missing}`));
	});
	app.get('/metrics', {schema: {...schemas.metrics, scope: metricsFor}}, async (_, reply) =>
		reply.type(metrics.registry.contentType).send(await metrics.registry.metrics()),
	);
}
