import test from 'ava';
import {open} from './door.ts';

type Page = {
	openapi: string;
	paths: Record<string, Record<string, {operationId?: string; responses: Record<string, object>}>>;
	components: {schemas: Record<string, {properties?: object}>};
};

const addresses = [
	'DELETE /v1/functions/{name}',
	'DELETE /v1/nodes/{node}',
	'GET /healthz',
	'GET /metrics',
	'GET /readyz',
	'GET /v1/audit',
	'GET /v1/autoscale',
	'GET /v1/dead-letters',
	'GET /v1/events',
	'GET /v1/functions',
	'GET /v1/functions/{name}',
	'GET /v1/functions/{name}/versions',
	'GET /v1/nodes',
	'GET /v1/pools',
	'GET /v1/pools/{pool}/scale',
	'GET /v1/status',
	'GET /v1/supervisors',
	'GET /v1/tasks',
	'GET /v1/tasks/{id}',
	'GET /v1/tasks/{id}/events',
	'GET /v1/tasks/{id}/history',
	'GET /v1/tasks/{id}/logs',
	'GET /v1/tasks/{id}/result',
	'GET /v1/tasks/{id}/why',
	'GET /v1/workers',
	'POST /v1/dead-letters/{id}/redrive',
	'POST /v1/functions',
	'POST /v1/functions/{name}/invoke',
	'POST /v1/functions/{name}/map',
	'POST /v1/functions/{name}/pause',
	'POST /v1/functions/{name}/resume',
	'POST /v1/functions/{name}/tasks',
	'POST /v1/functions/{name}/tasks/batch',
	'POST /v1/pools/{pool}/pause',
	'POST /v1/pools/{pool}/restart',
	'POST /v1/pools/{pool}/resume',
	'POST /v1/pools/{pool}/scale',
	'POST /v1/tasks/{id}/cancel',
	'POST /v1/workers/{worker}/drain',
];

test('the API describes itself in OpenAPI 3.1, every address with its name and its answers', async t => {
	const {call} = await open(t);
	const page = (await (await call('GET', '/openapi.json')).json()) as Page;
	t.is(page.openapi, '3.1.0');
	const operations = Object.entries(page.paths).flatMap(([path, methods]) =>
		Object.entries(methods).map(([method, {operationId, responses}]) => ({
			name: `${method.toUpperCase()} ${path}`,
			operationId,
			answers: Object.keys(responses).length,
		})),
	);
	for (const {name, operationId, answers} of operations) {
		t.truthy(operationId, `${name} has no operationId`);
		t.true(answers > 0, name);
	}
	t.is(new Set(operations.map(({operationId}) => operationId)).size, operations.length);
	t.deepEqual(operations.map(({name}) => name).sort(), addresses);
});

test('every reference in the description leads somewhere', async t => {
	const {call} = await open(t);
	const text = await (await call('GET', '/openapi.json')).text();
	const page = JSON.parse(text) as Page;
	const references = [...text.matchAll(/"\$ref":"([^"]+)"/g)].map(match => match[1] ?? '');
	t.true(references.length > 30);
	for (const reference of references) {
		const name = /^#\/components\/schemas\/(\w+)$/.exec(reference)?.[1] ?? '';
		t.truthy(page.components.schemas[name], reference);
	}
	t.true('state' in (page.components.schemas.Task?.properties ?? {}));
});

test('the page for people is there', async t => {
	const {call} = await open(t);
	const page = await call('GET', '/docs');
	t.is(page.status, 200);
	t.regex(await page.text(), /swagger-ui/);
});
