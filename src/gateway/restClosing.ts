// A closing door answers 503 to whatever still comes and keeps no connection, while what is in hand is
// finished. Only then is the server closed: Node's `close` destroys connections whose answer is complete
// but not yet read by the client, so a large result would be cut off.
import type {ServerResponse} from 'node:http';
import type {FastifyInstance} from 'fastify';
import {fail} from '#actors/failure.ts';
import {sendProblem} from './restProblem.ts';
import {siteTrouble} from './restSite.ts';

export type Closing = {
	/** Looks at every request from now on. */
	watch(app: FastifyInstance): void;
	begin(): void;
	/** Resolves once no answer is owed or under way. */
	quiet(): Promise<void>;
};

/** @param listening the address that the door listens on */
export function createClosing(listening: string): Closing {
	const open = new Set<ServerResponse>();
	const quiet = Promise.withResolvers<void>();
	let closing = false;
	const look = () => {
		if (closing && open.size === 0) quiet.resolve();
	};
	return {
		watch(app) {
			app.addHook('onRequest', (request, reply, done) => {
				const response = reply.raw;
				open.add(response);
				response.once('close', () => {
					open.delete(response);
					look();
				});
				if (request.headers.host === undefined && request.raw.httpVersion === '1.1') {
					return void sendProblem(reply, fail('INVALID_INPUT', 'Expected a `Host` header, got none'));
				}
				const trouble = siteTrouble(request.headers, request.method, listening);
				if (trouble !== undefined) {
					void sendProblem(reply, fail('INVALID_INPUT', trouble), {status: 403});
				} else if (closing) {
					reply.header('connection', 'close');
					void sendProblem(reply, fail('UNAVAILABLE', 'This node is closing; ask another, or again later'));
				} else done();
			});
		},
		begin() {
			closing = true;
			for (const response of open) if (!response.headersSent) response.setHeader('connection', 'close');
			look();
		},
		quiet: () => quiet.promise,
	};
}
