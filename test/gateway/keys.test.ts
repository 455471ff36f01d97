// Every address × {no key, a key without its scope, a key with it}, made from what the door itself says
// it has; and headers that nobody sends by accident.
import {request} from 'node:http';
import test, {type ExecutionContext} from 'ava';
import Fastify from 'fastify';
import {checkProblem} from '#contract/problem.ts';
import {scopeRoutes} from '#gateway/restKeys.ts';
import {openKeyRing} from '#keys/keyRing.ts';
import {type Scope, scopes} from '#keys/keys.ts';
import {testAmbient} from '../harness/ambient.ts';
import {keyList} from '../keys/keyList.ts';
import {open} from './door.ts';

const all = Object.keys(scopes) as Scope[];

async function keyed(t: ExecutionContext, openMetrics = false) {
	const list = keyList(t);
	const holders = Object.fromEntries(all.map(scope => [scope, list.add([scope])])) as Record<
		Scope,
		ReturnType<typeof list.add>
	>;
	const keys = await openKeyRing(testAmbient(), list.file);
	return {...list, holders, ...(await open(t, {openMetrics}, undefined, keys))};
}

type Page = {
	readonly paths: Record<string, Record<string, {readonly security: readonly {key: Scope[]}[]}>>;
	readonly components: {readonly securitySchemes: Record<string, object>};
};
type Address = {readonly method: string; readonly path: string; readonly scope: Scope | undefined};

/** What the door says it has; where it answers GET it answers HEAD. */
function addressesOf({paths}: Page): Address[] {
	const found = Object.entries(paths).flatMap(([path, methods]) =>
		Object.entries(methods).map(([method, {security}]) => ({
			method: method.toUpperCase(),
			path: path.replace('{name}', 'nobody').replace('{id}', '01ARZ3NDEKTSV4RRFFQ69G5FAV'),
			scope: security[0]?.key[0],
		})),
	);
	const heads = found.filter(({method, path}) => method === 'GET' && !path.endsWith('/events'));
	return [...found, ...heads.map(one => ({...one, method: 'HEAD'}))];
}

/** The head of an answer; its body, which a stream of events never ends, is given up. */
async function headOf(url: string, {method, path}: Address, headers: Record<string, string> = {}) {
	const leaving = new AbortController();
	const answer = await fetch(url + path, {method, headers, signal: leaving.signal});
	const problem =
		answer.ok || method === 'HEAD' ? undefined : ((await answer.json()) as {code: string; detail: string});
	leaving.abort();
	return {status: answer.status, asks: answer.headers.get('www-authenticate'), problem};
}

test('every address that is not open asks for a key, and for its scope', async t => {
	const {url, call, holders, fake} = await keyed(t);
	const page = (await (await call('GET', '/openapi.json')).json()) as Page;
	const addresses = addressesOf(page);
	t.true(addresses.length > 40);
	const met = new Set<Scope | undefined>();
	for (const address of addresses) {
		const {method, path, scope} = address;
		const name = `${method} ${path}`;
		met.add(scope);
		const bare = await headOf(url, address);
		if (scope === undefined) {
			t.true(['/healthz', '/readyz'].includes(path), `${name} is open`);
			t.is(bare.status, 200, name);
			continue;
		}
		t.is(bare.status, 401, name);
		t.is(bare.asks, 'Bearer realm="warren"', name);
		for (const other of all.filter(one => one !== scope)) {
			const {status, asks, problem} = await headOf(url, address, holders[other].headers);
			t.is(status, 403, `${name} with ${other}`);
			t.is(asks, `Bearer realm="warren", error="insufficient_scope", scope="${scope}"`);
			if (method === 'HEAD') continue;
			t.true(checkProblem(problem).ok);
			t.is(problem?.code, 'FORBIDDEN');
			t.is(
				problem?.detail,
				`This takes the scope \`${scope}\`; the API key \`${holders[other].id}\` has \`${other}\``,
			);
		}
		const {status} = await headOf(url, address, holders[scope].headers);
		t.false([401, 403, 429, 500].includes(status), `${name} with its scope: ${status}`);
	}
	t.is(met.size, all.length + 1);
	// What the submitter made with its key, and nothing else.
	t.deepEqual(new Set(fake.submissions.map(one => one.function)), new Set(['nobody']));
});

test('the description names the scope of every address, and the page for people needs no key', async t => {
	const {call} = await keyed(t);
	const page = (await (await call('GET', '/openapi.json')).json()) as Page;
	t.like(page.components.securitySchemes.key, {type: 'http', scheme: 'bearer'});
	for (const path of ['/docs', '/docs/', '/docs/json', '/docs/static/swagger-ui.css']) {
		t.is((await call('GET', path)).status, 200, path);
	}
	t.is((await call('GET', '/v1/nothing')).status, 404);
	t.is((await call('PUT', '/v1/tasks')).status, 404);
});

test('a route that says no scope is refused while it is made', async t => {
	const app = Fastify();
	scopeRoutes(app);
	t.throws(() => app.get('/v1/secrets', async () => 1), {
		message: /^Expected a `scope` in the schema of GET \/v1\/secrets, got none$/,
	});
	t.throws(() => app.get('/docstore', {schema: {summary: 'none'}}, async () => 1), {instanceOf: TypeError});
	t.notThrows(() => app.get('/v1/fine', {schema: {scope: 'read'}}, async () => 1));
});

test('metrics take a key with `read`, unless they are said to be open', async t => {
	t.is((await (await keyed(t)).call('GET', '/metrics')).status, 401);
	const {call} = await keyed(t, true);
	t.is((await call('GET', '/metrics')).status, 200);
	t.is((await call('GET', '/v1/status')).status, 401);
});

test('without keys nobody is asked for one, and one that comes all the same is passed over', async t => {
	const {call} = await open(t);
	t.is((await call('GET', '/v1/status')).status, 200);
	t.is((await call('GET', '/v1/status', null, {authorization: 'Bearer nonsense'})).status, 200);
});

/** By hand: fetch refuses to send such headers. */
function raw(url: string, authorization: string | string[]): Promise<{status: number; text: string}> {
	return new Promise((resolve, reject) => {
		const outgoing = request(`${url}/v1/status`, response => {
			const chunks: Buffer[] = [];
			response.on('data', (chunk: Buffer) => chunks.push(chunk));
			response.on('end', () =>
				resolve({status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString()}),
			);
		});
		outgoing.on('error', reject);
		outgoing.setHeader('authorization', authorization);
		outgoing.end();
	});
}

test('crafted headers are 401, and nothing of them is answered or logged', async t => {
	const {url, ambient, holders} = await keyed(t);
	const {key, id} = holders.read;
	const secret = key.slice(-43);
	const crafted = [
		'',
		'Bearer',
		'Bearer ',
		`Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`,
		`Token ${key}`,
		key,
		`Bearer${key}`,
		`Bearer ${key} x`,
		`Bearer ${key},`,
		`Bearer "${key}"`,
		`Bearer ${key.slice(0, -1)}`,
		`Bearer ${key}ÿ`,
		`Bearer wk_${id}_${'é'.repeat(43)}`,
		`Bearer wk_${id}_${secret.slice(0, 42)}\u00a0`,
		`Bearer ${'a'.repeat(12_000)}`,
		`Bearer ${' '.repeat(8000)}${'x '.repeat(2000)}`,
		`Bearer wk_${'0'.repeat(10)}_${secret}`,
		`Bearer wk_${id}_${'A'.repeat(43)}`,
	];
	for (const header of crafted) {
		const {status, text} = await raw(url, header);
		t.is(status, 401, header.slice(0, 40));
		t.like(JSON.parse(text), {code: 'UNAUTHORIZED', status: 401, retryable: false});
		t.false(text.includes(secret.slice(0, 20)));
	}
	t.is((await raw(url, `Bearer ${'a'.repeat(20_000)}`)).status, 431);
	t.is((await raw(url, `bEARER   ${key}`)).status, 200);
	t.false(JSON.stringify(ambient.lines).includes(secret.slice(0, 20)));
	t.regex(
		await ambient.metrics.registry.metrics(),
		/^warren_calls_refused_total\{code="UNAUTHORIZED"\} 18$/m,
	);
});

test('a body that comes without a key is not even read', async t => {
	const {call} = await keyed(t);
	const answer = await call('POST', '/v1/functions/echo/invoke', '{not json');
	t.like(await answer.json(), {status: 401, code: 'UNAUTHORIZED'});
});
