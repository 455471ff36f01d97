// Failures as HTTP answers: problem+json (RFC 9457), whose status comes from the table of failures.
import type {FastifyReply} from 'fastify';
import {type Failure, fail, failures} from '#actors/failure.ts';
import type {Answer} from '#api/api.ts';
import {type Problem, problemType} from '#contract/problem.ts';

/** Thrown by a handler, a parser or a check to end a request with this failure. */
export class Refusal extends Error {
	override readonly name = 'Refusal';
	readonly failure: Failure;
	readonly more: ProblemOptions;

	constructor(failure: Failure, more: ProblemOptions = {}) {
		super(failure.message);
		this.failure = failure;
		this.more = more;
	}
}

export type ProblemOptions = {
	/** Where HTTP has a status of its own for it (415 and the like); else the table's. */
	readonly status?: number;
	/** The task it is about. */
	readonly task?: string;
	/** With 429 and 503: 1 unless said. */
	readonly retryAfterSeconds?: number;
};

/** What a verb answered. @throws Refusal with its failure */
export function unwrap<T>(answered: Answer<T>, task?: string): T {
	if (answered.ok) return answered.value;
	throw new Refusal(answered.failure, task === undefined ? {} : {task});
}

export const invalid = (message: string, status?: number): Refusal =>
	new Refusal(fail('INVALID_INPUT', message), status === undefined ? {} : {status});

export function problemOf(failure: Failure, {status, task}: ProblemOptions = {}): Problem {
	const {code, message, ...rest} = failure;
	return {
		type: `urn:warren:${code}`,
		title: failures[code].says,
		status: status ?? failures[code].status,
		code,
		detail: message,
		...rest,
		...(task === undefined ? {} : {task}),
	};
}

/** Callers that come back earlier than this find the same. */
const usualRetryAfterSeconds = 1;

export function sendProblem(
	reply: FastifyReply,
	failure: Failure,
	options: ProblemOptions = {},
): FastifyReply {
	return sendProblemBody(reply, problemOf(failure, options), options);
}

/** As bytes: to a text fastify would add a charset, which this type does not have. */
export function sendProblemBody(
	reply: FastifyReply,
	problem: Problem,
	{retryAfterSeconds = usualRetryAfterSeconds}: ProblemOptions = {},
): FastifyReply {
	if (problem.status === 503 || problem.status === 429) reply.header('retry-after', retryAfterSeconds);
	return reply
		.code(problem.status)
		.type(problemType)
		.send(Buffer.from(JSON.stringify(problem)));
}
