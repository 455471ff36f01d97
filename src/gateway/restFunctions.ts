// /v1/functions: deploy, list, get, remove, versions, pause, resume.
import type {Api} from '#api/api.ts';
import {FunctionListSchema, RemovedSchema, VersionListSchema} from '#contract/answers.ts';
import {checkDeploy, DeploySchema, FunctionViewSchema} from '#contract/function.ts';
import {NameParamsSchema, PauseQuerySchema, RemoveQuerySchema} from '#contract/query.ts';
import {takeJson} from './restBody.ts';
import {invalid, unwrap} from './restProblem.ts';
import {type App, answer, problems, refer, type Schemas} from './restSchema.ts';

const tags = ['functions'];

const schemas = {
	deploy: {
		operationId: 'deploy',
		scope: 'deploy',
		tags,
		summary: 'Deploy a function',
		description:
			'Builds the code, checks it in an executor and makes it live. Deploying the same again changes nothing.',
		body: refer(DeploySchema),
		response: {
			201: answer(FunctionViewSchema, 'A new version is live'),
			200: answer(FunctionViewSchema, 'This very version was live already'),
			...problems(400, 409, 413, 415, 422, 503),
		},
	},
	list: {
		operationId: 'listFunctions',
		scope: 'read',
		tags,
		summary: 'List the functions',
		response: {200: answer(FunctionListSchema, 'All functions'), ...problems(503)},
	},
	get: {
		operationId: 'getFunction',
		scope: 'read',
		tags,
		summary: 'Look at a function',
		params: NameParamsSchema,
		response: {200: answer(FunctionViewSchema, 'The function'), ...problems(404, 503)},
	},
	versions: {
		operationId: 'listVersions',
		scope: 'read',
		tags,
		summary: 'List the versions of a function',
		params: NameParamsSchema,
		response: {200: answer(VersionListSchema, 'Its versions'), ...problems(404, 503)},
	},
	remove: {
		operationId: 'removeFunction',
		scope: 'deploy',
		tags,
		summary: 'Remove a function',
		description: 'Refused while tasks of it are open, unless `cancel` ends them first.',
		params: NameParamsSchema,
		querystring: RemoveQuerySchema,
		response: {200: answer(RemovedSchema, 'Removed'), ...problems(404, 409, 503)},
	},
	pause: {
		operationId: 'pauseFunction',
		scope: 'operate',
		tags,
		summary: 'Pause a function',
		description:
			'New tasks are refused with `FUNCTION_PAUSED`; those that wait go on waiting, those that are in the broker ' +
			'run out. Twice is harmless.',
		params: NameParamsSchema,
		querystring: PauseQuerySchema,
		response: {200: answer(FunctionViewSchema, 'It is paused'), ...problems(404, 409, 503)},
	},
	resume: {
		operationId: 'resumeFunction',
		scope: 'operate',
		tags,
		summary: 'Resume a function',
		description: "Ends a pause, an operator's or the breaker's. What waits is placed at once.",
		params: NameParamsSchema,
		response: {200: answer(FunctionViewSchema, 'It is active'), ...problems(404, 409, 503)},
	},
} satisfies Schemas;

export function functionRoutes(app: App, api: Api): void {
	takeJson(app);
	app.post('/v1/functions', {schema: schemas.deploy}, async (request, reply) => {
		const checked = checkDeploy(request.body);
		if (!checked.ok) throw invalid(`The deployment is not valid: ${checked.why}`);
		const before = await api.function(checked.value.name);
		const view = unwrap(await api.deploy(checked.value));
		const same = before.ok && before.value.version !== null && before.value.version === view.version;
		return reply
			.code(same ? 200 : 201)
			.header('location', `/v1/functions/${view.name}`)
			.send(view);
	});
	app.get('/v1/functions', {schema: schemas.list}, async () => ({functions: await api.functions()}));
	app.get('/v1/functions/:name', {schema: schemas.get}, async ({params}) =>
		unwrap(await api.function(params.name)),
	);
	app.get('/v1/functions/:name/versions', {schema: schemas.versions}, async ({params}) => ({
		versions: unwrap(await api.versions(params.name)),
	}));
	app.delete('/v1/functions/:name', {schema: schemas.remove}, async ({params, query}) =>
		unwrap(await api.remove(params.name, query)),
	);
	app.post('/v1/functions/:name/pause', {schema: schemas.pause}, async ({params, query}) =>
		unwrap(await api.pause(params.name, query)),
	);
	app.post('/v1/functions/:name/resume', {schema: schemas.resume}, async ({params}) =>
		unwrap(await api.resume(params.name)),
	);
}
