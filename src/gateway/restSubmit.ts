// POST /v1/functions/:name/tasks and …/tasks/batch: tasks that nobody waits for. 202 means that
// commit 1 holds them (R3).
import type {FastifyRequest} from 'fastify';
import Type from 'typebox';
import {fail} from '#actors/failure.ts';
import type {Answer, Api, Submission} from '#api/api.ts';
import {type Batch, BatchSchema, mostBatchItems} from '#contract/answers.ts';
import {checker} from '#contract/check.ts';
import {BatchQuerySchema, NameParamsSchema} from '#contract/query.ts';
import {type Receipt, ReceiptSchema, type SubmitOptions, SubmitOptionsSchema} from '#contract/task.ts';
import {itemsOf, membersOf} from '#lib/jsonSlices.ts';
import {textOf} from './restBody.ts';
import {accept} from './restInvoke.ts';
import {OptionHeadersSchema, optionsOf} from './restOptions.ts';
import {invalid, problemOf, Refusal, sendProblemBody} from './restProblem.ts';
import {type App, answer, anyJson, problems, type Schemas} from './restSchema.ts';

type Named = {Params: {name: string}};
type BatchRequest = Named & {Querystring: {options?: 'each'}};

const checkOptions = checker(SubmitOptionsSchema);

const schemas = {
	one: {
		operationId: 'submit',
		scope: 'submit',
		tags: ['tasks'],
		summary: 'Submit one task',
		description: 'The body is the input, whatever JSON the function takes.',
		params: NameParamsSchema,
		headers: OptionHeadersSchema,
		body: anyJson,
		response: {202: answer(ReceiptSchema, 'Taken'), ...problems(400, 404, 409, 413, 415, 429, 503)},
	},
	batch: {
		operationId: 'submitBatch',
		scope: 'submit',
		tags: ['tasks'],
		summary: 'Submit many tasks',
		description:
			`The body is an array of at most ${mostBatchItems} inputs, or with \`?options=each\` of ` +
			'`{"input": …, "options": {…}}`. Options in headers hold for every item that has none of its own; a key ' +
			'can only be given with each. Each item is accepted or refused by itself, in the order of the batch. ' +
			'When none is accepted the answer is the problem of the first, with all `answers` beside it.',
		params: NameParamsSchema,
		querystring: BatchQuerySchema,
		headers: OptionHeadersSchema,
		body: Type.Array(anyJson, {maxItems: mostBatchItems}),
		response: {
			202: answer(BatchSchema, 'At least one was taken'),
			...problems(400, 404, 409, 413, 415, 429, 503),
		},
	},
} satisfies Schemas;

export function submitRoutes(app: App, api: Api, batchItems: number): void {
	app.post('/v1/functions/:name/tasks', {schema: schemas.one}, async (request, reply) => {
		const options = optionsOf(request.headers);
		const submission = {function: request.params.name, input: textOf(request), ...(options && {options})};
		const [taken] = await api.submit([{...submission, ...door}]);
		if (!taken?.ok) throw new Refusal(taken?.failure ?? fail('INTERNAL'));
		return accept(taken.value, reply);
	});
	app.post('/v1/functions/:name/tasks/batch', {schema: schemas.batch}, async (request, reply) => {
		const answers = await api.submit(submissionsOf(request, batchItems));
		const told = summary(answers);
		if (told.accepted > 0 || told.refused === 0) return reply.code(202).send(told);
		const failure = answers.find(one => !one.ok)?.failure ?? fail('INTERNAL');
		return sendProblemBody(reply, {...problemOf(failure), answers: told.answers});
	});
}

const door = {door: 'rest', asynchronous: true} as const;

function submissionsOf(request: FastifyRequest<BatchRequest>, batchItems: number): Submission[] {
	const items = itemsOf(textOf(request), batchItems);
	if (!items) throw invalid('Expected the body of a batch to be a JSON array of inputs');
	if (items.length > batchItems) {
		throw invalid(`Expected at most ${batchItems} items in a batch, got more`);
	}
	const common = optionsOf(request.headers);
	if (common?.key !== undefined) {
		throw invalid(
			'Expected no `Idempotency-Key` for a whole batch; give each item its own with `?options=each`',
		);
	}
	const {name} = request.params;
	const each = request.query.options === 'each';
	return items.map((item, index) => {
		const {input, options} = each ? memberOf(item, index) : {input: item, options: undefined};
		const both = common || options ? {options: {...common, ...options}} : {};
		return {function: name, input, ...both, ...door};
	});
}

function memberOf(item: Buffer, index: number): {input: Buffer; options: SubmitOptions | undefined} {
	const members = membersOf(item);
	const input = members?.get('input');
	const unknown = [...(members?.keys() ?? [])].find(name => name !== 'input' && name !== 'options');
	if (!input || unknown !== undefined) {
		const got = unknown === undefined ? item.toString('utf8', 0, 80) : `the member \`${unknown}\``;
		throw invalid(`Expected item ${index} to be {"input": …, "options": {…}}, got ${got}`);
	}
	const options = members?.get('options');
	if (!options) return {input, options: undefined};
	const checked = checkOptions(JSON.parse(options.toString('utf8')));
	if (!checked.ok) throw invalid(`The options of item ${index}: ${checked.why}`);
	return {input, options: checked.value};
}

function summary(answers: readonly Answer<Receipt>[]): Batch {
	const accepted = answers.filter(one => one.ok).length;
	return {
		accepted,
		refused: answers.length - accepted,
		answers: answers.map(one => (one.ok ? one.value : {failure: one.failure})),
	};
}
