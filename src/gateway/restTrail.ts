// A line in the log for each request that was to change more than a task: who asked for what, and what was
// answered. Submissions leave their own trace, the task.
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
	app.addHook('onResponse', async (request, reply) => {
		const {config, schema} = request.routeOptions;
		const {method, url: address, ip: from, keyId: key = null} = request;
		if (silent.includes(method) || (isKeyed && key === null)) return;
		if (config.scope !== 'operate' && config.scope !== 'deploy') return;
		const {operationId} = schema as {readonly operationId?: string};
		log.info(
			{operation: operationId, address, key, from, status: reply.statusCode},
			'somebody has asked for a change',
		);
	});
}
