// A line in the log for each request that asked for something by hand, a cancel as much as a deployment: who, for
// what, and what was answered. Submissions leave their own trace, the task.
import type {FastifyInstance} from 'fastify';
import type {Logger} from '#observe/observe.ts';

declare module 'fastify' {
	interface FastifyRequest {
		/** The API key that it came with; undefined: none was asked for. */
		keyId?: string;
	}
}

const silent = ['GET', 'HEAD'];

/** @param isKeyed whoever comes without a key is turned away, and must not fill the log by that; a metric counts them */
export function leaveTrail(app: FastifyInstance, log: Logger, isKeyed: boolean): void {
	app.addHook('onRequest', async (request, reply) => {
		const {config, schema} = request.routeOptions;
		const {method, url: address, ip: from} = request;
		if (silent.includes(method) || (config.scope !== 'operate' && config.scope !== 'deploy')) return;
		const {operationId} = schema as {readonly operationId?: string};
		// Also where the caller hangs up before it is answered: it may have been done all the same.
		reply.raw.once('close', () => {
			const {keyId: key = null} = request;
			if (isKeyed && key === null) return;
			const status = reply.raw.writableFinished ? reply.statusCode : null;
			log.info({operation: operationId, address, key, from, status}, 'somebody has asked for a change');
		});
	});
}
