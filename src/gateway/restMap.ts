// POST /v1/functions/:name/map: many inputs as few tasks (contract/chunk.ts).
import type {Api, Chunk} from '#api/api.ts';
import {type ChunkList, ChunkListSchema} from '#contract/chunk.ts';
import {MapQuerySchema, NameParamsSchema} from '#contract/query.ts';
import {itemsOf} from '#lib/jsonSlices.ts';
import {takeJsonText, takeText, textOf} from './restBody.ts';
import {OptionHeadersSchema, optionsOf} from './restOptions.ts';
import {invalid, problemOf, sendProblemBody, unwrap} from './restProblem.ts';
import {type App, answer, anyJson, problems, type Schemas} from './restSchema.ts';

const lines = 'application/x-ndjson';

const schemas = {
	map: {
		operationId: 'map',
		scope: 'submit',
		tags: ['tasks'],
		summary: 'Submit many inputs as few tasks',
		description:
			`The body is an array of inputs, or as \`${lines}\` an input a line. They are cut into chunks, each of which ` +
			'is a task: its result is an array with `{"value": …}` or `{"failure": …}` for each of its inputs, in their ' +
			'order. The function is called once for each input, with its own limits. Options in headers hold for every ' +
			'chunk; a key can not be given. When no chunk is taken the answer is the problem of the first.',
		params: NameParamsSchema,
		querystring: MapQuerySchema,
		headers: OptionHeadersSchema,
		body: {content: {'application/json': {schema: anyJson}, [lines]: {schema: anyJson}}},
		response: {
			202: answer(ChunkListSchema, 'At least one chunk was taken'),
			...problems(400, 404, 409, 413, 415, 429, 503),
		},
	},
} satisfies Schemas;

export function mapRoute(app: App, api: Api): void {
	takeJsonText(app);
	takeText(app, lines);
	app.post('/v1/functions/:name/map', {schema: schemas.map}, async (request, reply) => {
		const {params, query, headers} = request;
		const options = optionsOf(headers);
		if (options?.key !== undefined)
			throw invalid('Expected no `Idempotency-Key` for a map: its chunks are tasks of their own');
		const isLines = headers['content-type']?.startsWith(lines) ?? false;
		const chunks = unwrap(
			await api.map({
				...{function: params.name, door: 'rest', lines: isLines ? textOf(request) : linesOf(textOf(request))},
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

/** The inputs of an array, a line each. In a JSON text a line break is a space between two parts of it. */
function linesOf(body: Buffer): Buffer {
	const items = itemsOf(body);
	if (!items) throw invalid('Expected the body of a map to be a JSON array of inputs');
	const text: Buffer[] = [];
	for (const item of items) text.push(item.includes(lineBreak) ? onOneLine(item) : item, newLine);
	return Buffer.concat(text);
}

const lineBreak = 10;
const space = 32;
const newLine = Buffer.from([lineBreak]);

const onOneLine = (item: Buffer): Buffer =>
	Buffer.from(item.map(byte => (byte === lineBreak ? space : byte)));

function summary(chunks: readonly Chunk[]): ChunkList {
	return {
		inputs: chunks.reduce((sum, {count}) => sum + count, 0),
		chunks: chunks.map(({first, count, answer}) => ({
			...{first, count},
			answer: answer.ok ? answer.value : {failure: answer.failure},
		})),
	};
}
