// OpenAPI 3.1 at /openapi.json and its page under /docs, from the very schemas that check requests.
import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import type {FastifyInstance} from 'fastify';
import {scopes} from '#keys/keys.ts';
import {scopeRoutes} from './restKeys.ts';
import {completed, referred, securityName} from './restSchema.ts';

/** Before the routes: it looks on while they are made. */
export async function describeRoutes(app: FastifyInstance): Promise<void> {
	for (const schema of referred) app.addSchema(schema);
	scopeRoutes(app);
	app.addHook('onRoute', route => {
		if (route.schema && !route.schema.hide) route.schema = completed(route.schema, String(route.method));
	});
	await app.register(swagger, {
		openapi: {
			openapi: '3.1.0',
			info: {
				title: 'Warren',
				version: '1',
				description:
					'Runs functions that other people wrote, fed by queues. Times are milliseconds since the epoch; ' +
					'inputs and results are JSON and pass byte for byte; every error is problem+json.',
				license: {name: 'Apache-2.0', identifier: 'Apache-2.0'},
			},
			components: {
				securitySchemes: {[securityName]: {type: 'http', scheme: 'bearer', description: aboutKeys}},
			},
			tags: [
				{name: 'functions', description: 'User code and its versions'},
				{name: 'tasks', description: 'Requests and their lives'},
				{name: 'dead letters', description: 'Tasks that ended dead, and their next lives'},
				{name: 'events', description: 'What happens, as it happens (server-sent events)'},
				{name: 'operations', description: 'For operators and probes'},
			],
		},
		refResolver: {
			buildLocalReference: (json, _base, _fragment, index) =>
				typeof json.$id === 'string' ? json.$id : `Schema${index}`,
		},
	});
	await app.register(swaggerUi, {routePrefix: '/docs', uiConfig: {docExpansion: 'list', deepLinking: true}});
	app.get('/openapi.json', {schema: {hide: true}}, async () => app.swagger());
}

const aboutKeys = `An API key (\`warren keys create\`). A node that listens on loopback asks for none unless it has \
some. Scopes: ${Object.entries(scopes)
	.map(([name, says]) => `\`${name}\` (${says})`)
	.join('; ')}.`;
