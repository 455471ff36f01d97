// POST /v1/functions/:name/map: many inputs as few tasks (contract/chunk.ts).
import type {Api, Chunk} from '#api/api.ts';
import {type ChunkList, ChunkListSchema} from '#contract/chunk.ts';
import {MapQuerySchema, NameParamsSchema} from '#contract/query.ts';
import {linesOf} from '#lib/jsonSlices.ts';
import {linesIn, takeJsonText, takeLines, textOf} from './restBody.ts';
import {ChunkHeadersSchema, optionsOf} from './restOptions.ts';
import {invalid, problemOf, sendProblemBody, unwrap} from './restProblem.ts';
import {type App, answer, anyJson, problems, type Schemas} from './restSchema.ts';

const lineType = 'application/x-ndjson';

const schemas = {
	map: {
		operationId: 'map',
		scope: 'submit',
		tags: ['tasks'],
		summary: 'Submit many inputs as few tasks',
		description:
			`The body is an array of inputs, or as \`${lineType}\` an input a line. They are cut into chunks, each of which ` +
			'is a task: its result is an array with `{"value": …}` or `{"failure": …}` for each of its inputs, in their ' +
			'order. The function is called once for each input, with limits of its own (all of a chunk together have 20 ' +
			'minutes); one that fails is not tried again. Options in headers hold for every chunk. When no chunk is taken ' +
			'the answer is the problem of the first.',
		params: NameParamsSchema,
		querystring: MapQuerySchema,
		headers: ChunkHeadersSchema,
		body: {content: {'application/json': {schema: anyJson}, [lineType]: {schema: anyJson}}},
		response: {
			202: answer(ChunkListSchema, 'At least one chunk was taken, or there were no inputs'),
			...problems(400, 404, 409, 413, 415, 429, 503),
		},
	},
} satisfies Schemas;

/** @param mostChunks of one request */
export function mapRoute(app: App, api: Api, mostChunks: number): void {
	takeJsonText(app);
	takeLines(app, lineType);
	app.post('/v1/functions/:name/map', {schema: schemas.map}, async (request, reply) => {
		const {params, query, headers} = request;
		const options = optionsOf(headers);
		if (options?.key !== undefined)
			throw invalid('Expected no `Idempotency-Key` for a map: its chunks are tasks of their own');
		if (options?.spill) throw invalid('Expected no `Warren-Spill` for a map: its chunks stay in this area');
		const lines = linesIn(request) ?? linesOf(textOf(request));
		if (!lines) throw invalid('Expected the body of a map to be a JSON array of inputs');
		const chunks = unwrap(
			await api.map({
				...{function: params.name, door: 'rest', lines, mostChunks},
				...(options && {options}),
				...(query.size !== undefined && {size: query.size}),
			}),
		);
		const [first] = chunks;
		if (first && !first.answer.ok && !chunks.some(({answer}) => answer.ok))
			return sendProblemBody(reply, problemOf(first.answer.failure));
		return reply.code(202).send(summary(chunks));
	});
}

function summary(chunks: readonly Chunk[]): ChunkList {
	return {
		inputs: chunks.reduce((sum, {count}) => sum + count, 0),
		chunks: chunks.map(({first, count, answer}) => ({
			...{first, count},
			answer: answer.ok ? answer.value : {failure: answer.failure},
		})),
	};
}
