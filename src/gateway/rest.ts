// The HTTP door: fastify around the use cases. `/docs` is its page, docs/rest.md the same on paper.
import type {TypeBoxTypeProvider} from '@fastify/type-provider-typebox';
import Fastify, {type FastifySchemaCompiler} from 'fastify';
import type {TSchema} from 'typebox';
import type {Api} from '#api/api.ts';
import {mostBatchItems} from '#contract/answers.ts';
import {checker} from '#contract/check.ts';
import {NameParamsSchema, WaitQuerySchema} from '#contract/query.ts';
import {ReceiptSchema} from '#contract/task.ts';
import type {Keys} from '#keys/keys.ts';
import {pause} from '#lib/clock.ts';
import type {Feed} from '#observe/feed.ts';
import type {Ambient} from '#observe/observe.ts';
import type {Door} from './gateway.ts';
import {takeJsonText} from './restBody.ts';
import {type Closing, createClosing} from './restClosing.ts';
import {answerRarities, handleBadAddress, handleBadRequest, handleErrors} from './restErrors.ts';
import {eventRoutes} from './restEvents.ts';
import {functionRoutes} from './restFunctions.ts';
import {invokeRoute} from './restInvoke.ts';
import {guard} from './restKeys.ts';
import {mapRoute} from './restMap.ts';
import {OptionHeadersSchema} from './restOptions.ts';
import {describeRoutes} from './restPage.ts';
import {poolRoutes} from './restPools.ts';
import {invalid} from './restProblem.ts';
import {queryReader} from './restQuery.ts';
import {scaleRoutes} from './restScale.ts';
import {answer, anyJson, problems} from './restSchema.ts';
import {statusRoutes} from './restStatus.ts';
import {submitRoutes} from './restSubmit.ts';
import {taskRoutes} from './restTasks.ts';
import {leaveTrail} from './restTrail.ts';
import {createWaits} from './restWait.ts';

export type RestOptions = {
	readonly api: Api;
	readonly feed: Feed;
	readonly http: HttpOptions;
	/** Whom to answer; absent: everybody. */
	readonly keys?: Keys;
};

export type HttpOptions = {
	readonly host: string;
	/** 0: any free one. */
	readonly port: number;
	/** The most that the body of a request may have; a batch is one body. */
	readonly bodyLimitBytes: number;
	/**
	 * The longest `wait` a request may ask for: 4 minutes unless said, because many clients (Node's
	 * fetch among them) give up on an answer that does not begin within 5.
	 */
	readonly mostWaitMs?: number;
	/** The most tasks in one batch: 10,000 unless said. */
	readonly batchItems?: number;
	/** How long `stop` waits for invocations that are under way: 10 s unless said. */
	readonly drainMs?: number;
	/** Answer `/metrics` to everybody, for a scraper that has no key. */
	readonly openMetrics?: boolean;
};

export const usualDrainMs = 10_000;
const usualMostWaitMs = 240_000;
/** A client that has not read its answer by then is cut off. */
const lastWordMs = 1000;

export function createRest(ambient: Ambient, options: RestOptions): Door {
	const {host, port, drainMs = usualDrainMs} = options.http;
	const closing = createClosing(host);
	const making = makeApp(ambient, options, closing);
	// Whoever never listens has nobody to tell.
	making.catch(() => {});
	let stopping: Promise<void> | undefined;
	let unfollow = () => {};
	return {
		async listen() {
			const {app, cutOff} = await making;
			if (options.keys && !stopping) unfollow = options.keys.follow(cutOff);
			return await app.listen({host, port});
		},
		stop() {
			unfollow();
			stopping ??= making.then(async ({app, polls, invocations}) => {
				closing.begin();
				polls.end();
				const closed = new AbortController();
				const overtime = async () => {
					await pause(ambient.clock, drainMs, closed.signal);
					invocations.end();
					await pause(ambient.clock, lastWordMs, closed.signal);
					if (!closed.signal.aborted) app.server.closeAllConnections();
				};
				const late = overtime();
				await closing.quiet();
				await app.close();
				closed.abort();
				await late;
			});
			return stopping;
		},
	};
}

/** The OpenAPI document, for the docs. */
export async function describeRest(ambient: Ambient, options: RestOptions): Promise<object> {
	const {app} = await makeApp(ambient, options, createClosing(options.http.host));
	await app.ready();
	const page = app.swagger();
	await app.close();
	return page;
}

async function makeApp(ambient: Ambient, {api, feed, http, keys}: RestOptions, closing: Closing) {
	const {clock, log, metrics} = ambient;
	const polls = createWaits(http.mostWaitMs ?? usualMostWaitMs);
	const invocations = createWaits(http.mostWaitMs ?? usualMostWaitMs);
	const app = Fastify({
		bodyLimit: http.bodyLimitBytes,
		return503OnClosing: false,
		forceCloseConnections: 'idle',
		requestTimeout: 60_000,
		// Node would refuse it without a word; restClosing.ts does it with a problem.
		http: {requireHostHeader: false},
		routerOptions: {maxParamLength: 128},
		frameworkErrors: handleBadAddress,
		clientErrorHandler: handleBadRequest,
	}).withTypeProvider<TypeBoxTypeProvider>();
	app.setValidatorCompiler(compileCheck);
	// JSON.stringify is as fast here as a compiled serialiser, and drops nothing that a schema forgot.
	app.setSerializerCompiler(() => value => JSON.stringify(value));
	handleErrors(app, log);
	closing.watch(app);
	const cutOff = keys ? guard(app, keys, metrics) : () => {};
	leaveTrail(app, log, keys !== undefined);
	answerRarities(app.server);
	await describeRoutes(app);
	const {batchItems = mostBatchItems} = http;
	app.register(async part => {
		takeJsonText(part);
		invokeRoute(part, {api, clock, waits: invocations}, invokeSchema);
		submitRoutes(part, api, batchItems);
		taskRoutes(part, api, polls);
		eventRoutes(part, {api, feed, clock, waits: polls});
		statusRoutes(part, api, metrics, http.openMetrics ? 'open' : 'read');
		poolRoutes(part, api);
		scaleRoutes(part, api);
	});
	app.register(async part => functionRoutes(part, api));
	app.register(async part => mapRoute(part, api, batchItems));
	await app.ready();
	return {app, polls, invocations, cutOff};
}

const invokeSchema = {
	operationId: 'invoke',
	scope: 'submit',
	tags: ['tasks'],
	summary: 'Run a function and wait for its result',
	description:
		'The body is the input, the answer the result, both byte for byte. Waits 30 s unless `wait` says ' +
		'otherwise; 504 `WAIT_OVER` names the task, which goes on. `Prefer: respond-async` answers 202 at once.',
	params: NameParamsSchema,
	querystring: WaitQuerySchema,
	headers: OptionHeadersSchema,
	body: anyJson,
	response: {
		200: {
			description: 'The result; its headers say `Warren-Task-Id`, `-Attempt`, `-Worker` and `-Run-Ms`',
			content: {'application/json': {schema: anyJson}},
		},
		202: answer(ReceiptSchema, 'Taken, with `Prefer: respond-async`'),
		...problems(400, 404, 409, 413, 415, 422, 429, 500, 503, 504),
	},
};

/** Addresses are checked by the contract's own checks; bodies and headers where they are read. */
const compileCheck: FastifySchemaCompiler<TSchema> = ({schema, httpPart}) => {
	if (httpPart === 'body' || httpPart === 'headers') return () => true;
	if (httpPart === 'querystring') return queryReader(schema);
	const check = checker(schema);
	return (value: unknown) => {
		const checked = check(value);
		if (checked.ok) return {value: checked.value};
		return {error: invalid(`The address is not valid: ${checked.why}`)};
	};
};
