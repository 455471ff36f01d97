// POST /v1/functions/:name/invoke: the hot road. It waits for the end of its task in this process, so
// nothing is read back from the store, and the result goes out as the bytes the function returned.
import type {FastifyInstance, FastifyReply, FastifyRequest, FastifySchemaCompiler} from 'fastify';
import type {TSchema} from 'typebox';
import {fail} from '#actors/failure.ts';
import type {Api} from '#api/api.ts';
import type {Receipt, SubmitOptions} from '#contract/task.ts';
import type {Clock} from '#lib/clock.ts';
import {formatDuration} from '#lib/duration.ts';
import type {End} from '#runtime/waiters.ts';
import {textOf} from './restBody.ts';
import {optionsOf} from './restOptions.ts';
import {Refusal, sendProblem} from './restProblem.ts';
import {queryReader} from './restQuery.ts';
import type {Waits} from './restWait.ts';

export type Invoker = {readonly api: Api; readonly clock: Clock; readonly waits: Waits};

type InvokeRequest = FastifyRequest<{Params: {name: string}; Querystring: {wait?: string}}>;

/** Without `wait` a caller waits this long. */
export const usualWaitMs = 30_000;

export function createInvoke({api, clock, waits}: Invoker) {
	return async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
		const {params, query, headers} = request as InvokeRequest;
		const options = optionsOf(headers);
		const wish = preference(headers.prefer);
		if (wish.respondAsync) return accept(await submit(params.name, textOf(request), options), reply);
		const waitMs = waits.span(query.wait, wish.waitMs ?? usualWaitMs);
		const ending = Promise.withResolvers<End | undefined>();
		let isGone = false;
		const done = waits.begin(reply, () => {
			isGone = true;
			ending.resolve(undefined);
		});
		// A task that has not ended by then keeps a closure that does nothing.
		const off = clock.after(waitMs, () => ending.resolve(undefined));
		try {
			const receipt = await submit(params.name, textOf(request), options, ending.resolve);
			const end = await ending.promise;
			if (end) return await sendEnd(end, reply);
			const why = isGone ? 'while this node is open' : `within ${formatDuration(waitMs)}`;
			return sendWaitOver(receipt, why, reply);
		} finally {
			off();
			done();
		}
	};

	async function submit(
		fn: string,
		input: Buffer,
		options: SubmitOptions | undefined,
		ended?: (end: End) => void,
	): Promise<Receipt> {
		const [answer] = await api.submit([
			{
				function: fn,
				input,
				door: 'rest',
				asynchronous: ended === undefined,
				...(options && {options}),
				...(ended && {ended}),
			},
		]);
		if (answer?.ok) return answer.value;
		throw new Refusal(answer?.failure ?? fail('INTERNAL'));
	}

	async function sendEnd(end: End, reply: FastifyReply): Promise<FastifyReply> {
		reply.header('warren-task-id', end.task).header('warren-attempt', end.attempt);
		if (end.usage) reply.header('warren-worker', end.usage.worker).header('warren-run-ms', end.usage.runMs);
		if (end.state !== 'succeeded') {
			return sendProblem(reply, end.failure ?? fail('INTERNAL'), {task: end.task});
		}
		if (end.result) return reply.type('application/json').send(end.result);
		const answer = await api.result(end.task);
		if (answer.ok) return reply.type('application/json').send(answer.value);
		return sendProblem(reply, answer.failure, {task: end.task});
	}
}

/** 202 with the way to the task. */
export function accept(receipt: Receipt, reply: FastifyReply): FastifyReply {
	return reply
		.code(202)
		.header('location', `/v1/tasks/${receipt.task}`)
		.header('warren-task-id', receipt.task)
		.send(receipt);
}

function sendWaitOver({task}: Receipt, why: string, reply: FastifyReply): FastifyReply {
	const says = `The task did not end ${why} and goes on; see /v1/tasks/${task}`;
	reply.header('location', `/v1/tasks/${task}`).header('warren-task-id', task);
	return sendProblem(reply, fail('WAIT_OVER', says), {task});
}

/** RFC 7240: `respond-async`, and `wait` in seconds; a wish, so a longer wait than allowed is cut. */
function preference(header: string | string[] | undefined): {respondAsync: boolean; waitMs?: number} {
	if (header === undefined) return {respondAsync: false};
	const parts = String(header)
		.split(/[,;]/)
		.map(part => part.trim().toLowerCase());
	const seconds = parts.map(part => /^wait=(\d{1,9})$/.exec(part)?.[1]).find(part => part !== undefined);
	return {
		respondAsync: parts.includes('respond-async'),
		...(seconds === undefined ? {} : {waitMs: Number(seconds) * 1000}),
	};
}

export function invokeRoute(app: FastifyInstance, invoker: Invoker, schema: object): void {
	// A name that is not valid is one of no function: there is no need to check it twice.
	const validatorCompiler: FastifySchemaCompiler<TSchema> = ({schema: part, httpPart}) =>
		httpPart === 'querystring' ? queryReader(part) : () => true;
	app.post('/v1/functions/:name/invoke', {schema, validatorCompiler}, createInvoke(invoker));
}
