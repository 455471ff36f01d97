// /v1/tasks and /v1/dead-letters: what became of tasks, and what may still be done about it.
import type {FastifyReply} from 'fastify';
import {fail} from '#actors/failure.ts';
import type {Api} from '#api/api.ts';
import {LogListSchema, type TaskPage, TaskPageSchema} from '#contract/answers.ts';
import {HistorySchema, WhySchema} from '#contract/audit.ts';
import {
	DeadQuerySchema,
	RedriveQuerySchema,
	TaskParamsSchema,
	TaskQuerySchema,
	WaitQuerySchema,
} from '#contract/query.ts';
import {CancelReceiptSchema, type TaskView, TaskViewSchema} from '#contract/task.ts';
import {Refusal, unwrap} from './restProblem.ts';
import {type App, answer, anyJson, problems, type Schemas} from './restSchema.ts';
import type {Waits} from './restWait.ts';

const tags = ['tasks'];
const params = TaskParamsSchema;
const usualPage = 100;

const schemas = {
	list: {
		operationId: 'listTasks',
		scope: 'read',
		tags,
		summary: 'List tasks, newest first',
		querystring: TaskQuerySchema,
		response: {200: answer(TaskPageSchema, 'A page of tasks'), ...problems(400, 503)},
	},
	get: {
		operationId: 'getTask',
		scope: 'read',
		tags,
		summary: 'Look at a task',
		description: 'With `wait` the answer comes once the task has ended, or as it is when the wait ran out.',
		params,
		querystring: WaitQuerySchema,
		response: {200: answer(TaskViewSchema, 'The task'), ...problems(400, 404, 503)},
	},
	result: {
		operationId: 'getResult',
		scope: 'read',
		tags,
		summary: 'The result of a task',
		description:
			'The bytes the function returned. A task that did not succeed answers with its failure, one that has ' +
			'not ended with `CONFLICT`, or `WAIT_OVER` after a `wait`.',
		params,
		querystring: WaitQuerySchema,
		response: {
			200: {description: 'The result', content: {'application/json': {schema: anyJson}}},
			...problems(404, 409, 413, 422, 500, 503, 504),
		},
	},
	logs: {
		operationId: 'getLogs',
		scope: 'read',
		tags,
		summary: 'What the attempts of a task printed',
		params,
		response: {200: answer(LogListSchema, 'The lines, by attempt'), ...problems(404, 503)},
	},
	why: {
		operationId: 'whyTask',
		scope: 'read',
		tags,
		summary: 'What a task waits for, behind what, and until when',
		params,
		response: {200: answer(WhySchema, 'The reason'), ...problems(404, 503)},
	},
	history: {
		operationId: 'getHistory',
		scope: 'read',
		tags,
		summary: 'Every step of the life of a task, oldest first',
		params,
		response: {200: answer(HistorySchema, 'Its steps'), ...problems(404, 503)},
	},
	cancel: {
		operationId: 'cancelTask',
		scope: 'operate',
		tags,
		summary: 'Cancel a task',
		description:
			'Twice is harmless; of a task that had ended before it says so. If it ran, the answer comes once its ' +
			'worker says that it has stopped, or after 2 s. An attempt that began less than a heartbeat (1 s) ago may ' +
			'be told as `was: "queued", stop: null`, since servers know from heartbeats what runs; it is stopped all the same.',
		params,
		response: {200: answer(CancelReceiptSchema, 'What the cancel found and did'), ...problems(404, 503)},
	},
	dead: {
		operationId: 'listDeadLetters',
		scope: 'read',
		tags: ['dead letters'],
		summary: 'List dead tasks, newest first',
		description: 'Only those that nobody waited for, unless `all`.',
		querystring: DeadQuerySchema,
		response: {200: answer(TaskPageSchema, 'A page of dead tasks'), ...problems(400, 503)},
	},
	redrive: {
		operationId: 'redrive',
		scope: 'operate',
		tags: ['dead letters'],
		summary: 'Begin the next life of a dead task',
		params,
		querystring: RedriveQuerySchema,
		response: {200: answer(TaskViewSchema, 'The task, waiting again'), ...problems(404, 409, 503)},
	},
} satisfies Schemas;

export function taskRoutes(app: App, api: Api, waits: Waits): void {
	const waitFor = async (id: string, span: string, reply: FastifyReply): Promise<TaskView> => {
		const waitMs = waits.span(span, 0);
		const leaving = new AbortController();
		const done = waits.begin(reply, () => leaving.abort());
		try {
			return unwrap(await api.await(id, waitMs, leaving.signal), id);
		} finally {
			done();
		}
	};
	app.get('/v1/tasks', {schema: schemas.list}, async ({query}) =>
		pageOf(unwrap(await api.list(query)), query.limit),
	);
	app.get('/v1/tasks/:id', {schema: schemas.get}, async ({params: {id}, query}, reply) => {
		if (query.wait === undefined) return unwrap(await api.inspect(id), id);
		return await waitFor(id, query.wait, reply);
	});
	app.get('/v1/tasks/:id/result', {schema: schemas.result}, async ({params: {id}, query}, reply) => {
		if (query.wait !== undefined) {
			const {endedAt} = await waitFor(id, query.wait, reply);
			if (endedAt === null) throw new Refusal(fail('WAIT_OVER'), {task: id});
		}
		return reply.type('application/json').send(unwrap(await api.result(id), id));
	});
	app.get('/v1/tasks/:id/logs', {schema: schemas.logs}, async ({params: {id}}) => ({
		logs: unwrap(await api.logs(id), id),
	}));
	app.get('/v1/tasks/:id/why', {schema: schemas.why}, async ({params: {id}}) =>
		unwrap(await api.why(id), id),
	);
	app.get('/v1/tasks/:id/history', {schema: schemas.history}, async ({params: {id}}) =>
		unwrap(await api.history(id), id),
	);
	app.post('/v1/tasks/:id/cancel', {schema: schemas.cancel}, async ({params: {id}}) =>
		unwrap(await api.cancel(id), id),
	);
	app.get('/v1/dead-letters', {schema: schemas.dead}, async ({query}) =>
		pageOf(unwrap(await api.deadLetters(query)), query.limit),
	);
	app.post('/v1/dead-letters/:id/redrive', {schema: schemas.redrive}, async ({params: {id}, query}) =>
		unwrap(await api.redrive(id, query), id),
	);
}

function pageOf(tasks: TaskView[], limit = usualPage): TaskPage {
	return {tasks, next: tasks.length < limit ? null : (tasks.at(-1)?.id ?? null)};
}
