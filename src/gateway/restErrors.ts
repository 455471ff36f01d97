// Whatever goes wrong between the socket and a handler ends here, as a problem that names the thing.
import type {Server} from 'node:http';
import type {Duplex} from 'node:stream';
import type {FastifyError, FastifyInstance, FastifyReply, FastifyRequest} from 'fastify';
import {type Failure, fail} from '#actors/failure.ts';
import {problemType} from '#contract/problem.ts';
import type {Logger} from '#observe/observe.ts';
import {StoreTrouble} from '#store/store.ts';
import {type ProblemOptions, problemOf, Refusal, sendProblem} from './restProblem.ts';

export function handleErrors(app: FastifyInstance, log: Logger): void {
	app.setErrorHandler<FastifyError>((error, request, reply) => {
		const {failure, more} = explain(error, request);
		if (failure.code === 'INTERNAL') log.error({err: error, method: request.method}, 'request failed');
		return sendProblem(reply, failure, more);
	});
	app.setNotFoundHandler((request, reply) => sendProblem(reply, notFound(request)));
}

/** For addresses that the router itself can't read (`%zz`). */
export function handleBadAddress(error: FastifyError, _request: FastifyRequest, reply: FastifyReply): void {
	void sendProblem(reply, fail('INVALID_INPUT', `The address is not valid: ${error.message}`));
}

/** For bytes that are not HTTP, headers that are too large, and requests that never end. */
export function handleBadRequest(error: NodeJS.ErrnoException, socket: Duplex): void {
	if (error.code === 'ECONNRESET') return;
	refuse(socket, ...(requestTroubles[error.code ?? ''] ?? ([400, 'The request is not valid HTTP'] as const)));
}

/** What Node by itself would cut off, or refuse without a word. */
export function answerRarities(server: Server): void {
	server.on('connect', (_request, socket) => refuse(socket, 400, 'This is no proxy'));
	// An expectation that nobody knows may be passed over (RFC 9110, 10.1.1).
	server.on('checkExpectation', (request, response) => server.emit('request', request, response));
}

function refuse(socket: Duplex, status: number, why: string): void {
	if (!socket.writable) return;
	const body = JSON.stringify(problemOf(fail('INVALID_INPUT', why), {status}));
	socket.end(
		`HTTP/1.1 ${status} Refused\r\ncontent-type: ${problemType}\r\ncontent-length: ${Buffer.byteLength(body)}` +
			`\r\nconnection: close\r\n\r\n${body}`,
	);
}

const requestTroubles: Record<string, [status: number, why: string]> = {
	HPE_HEADER_OVERFLOW: [431, 'The headers of the request are larger than 16 KiB'],
	ERR_HTTP_REQUEST_TIMEOUT: [408, 'The request did not arrive in time'],
};

function explain(error: FastifyError, request: FastifyRequest): {failure: Failure; more: ProblemOptions} {
	if (error instanceof Refusal) return {failure: error.failure, more: error.more};
	if (error instanceof StoreTrouble) return {failure: error.failure, more: {}};
	switch (error.code) {
		case 'FST_ERR_CTP_BODY_TOO_LARGE':
			return {
				failure: fail(
					'PAYLOAD_TOO_LARGE',
					`The body is larger than the ${bodyLimitOf(request)} bytes allowed`,
				),
				more: {},
			};
		case 'FST_ERR_CTP_INVALID_MEDIA_TYPE':
			return {failure: fail('INVALID_INPUT', mediaType(request)), more: {status: 415}};
	}
	const status = error.statusCode ?? 500;
	if (status >= 400 && status < 500) return {failure: fail('INVALID_INPUT', error.message), more: {status}};
	return {failure: fail('INTERNAL'), more: {}};
}

function bodyLimitOf(request: FastifyRequest): number {
	return request.routeOptions.bodyLimit ?? 0;
}

function mediaType(request: FastifyRequest): string {
	const got = request.headers['content-type'];
	const {content = {'application/json': {}}} = (request.routeOptions.schema?.body ?? {}) as {
		content?: object;
	};
	const types = Object.keys(content).map(type => `\`${type}\``);
	return `Expected a body of content type ${types.join(' or ')}, got ${got ? `\`${got}\`` : 'none'}`;
}

function notFound({method, url}: FastifyRequest): Failure {
	const path = url.split('?', 1)[0];
	return fail(
		'NOT_FOUND',
		`There is nothing at ${method} ${path}; \`/docs\` and \`/openapi.json\` list what is`,
	);
}
