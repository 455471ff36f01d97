// What nobody may read who reads a log or an answer: the password of the broker, and the variables that
// functions were given.
import {mkdtemp, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import test from 'ava';
import {pino} from 'pino';
import {systemClock} from '#lib/clock.ts';
import {createMetrics} from '#observe/metrics.ts';
import {createWarren} from '#warren.ts';
import {arrivals} from '../harness/arrivals.ts';
import {ownRabbit} from '../harness/rabbit.ts';

/** As somebody would put it into a URL without a thought: the last `@` ends it. */
const password = 'gr@nite-4711';
const token = 'basalt-0815';
const code = `export default (input, ctx) => {
	if (input === 'crash') throw new Error('no');
	return Object.keys(ctx.env);
};`;

test('neither log lines nor answers tell the broker’s password or a function’s variables', async t => {
	t.timeout(120_000);
	const own = await ownRabbit('secrets in the log while the broker is away');
	t.teardown(() => own.stop());
	const user =
		`rabbit_auth_backend_internal:add_user(<<"quarry">>, <<"${password}">>, <<"test">>), ` +
		'rabbit_auth_backend_internal:set_permissions(<<"quarry">>, <<"/">>, <<".*">>, <<".*">>, <<".*">>, <<"test">>), ok.';
	t.is(await own.evaluate(user), own.isOurs);
	if (!own.isOurs) return t.log('users cannot be made on the broker of WARREN_TEST_AMQP_URL');
	const as = (secret: string) => own.url.replace(/\/\/[^@]*@/, `//quarry:${secret}@`);
	const data = await mkdtemp(join(tmpdir(), 'warren-secrets-'));
	t.teardown(() => rm(data, {recursive: true, force: true}));
	const lines = arrivals<string>('log lines');
	const log = pino({level: 'trace'}, {write: (line: string) => lines.push(line)});
	const ambient = {log, clock: systemClock, metrics: createMetrics()};
	const http = {host: '127.0.0.1', port: 0, bodyLimitBytes: 1_000_000};
	const open = (url: string) => createWarren({data, broker: {url}, http, worker: {executors: 1}}, ambient);

	const refused = await t.throwsAsync(open(as(`${password}-wrong`)));
	const warren = await open(as(password));
	t.teardown(() => warren.stop());
	await warren.start();
	const said: string[] = [String(refused?.stack)];
	const ask = async (method: string, path: string, body?: unknown) => {
		const headers = body === undefined ? undefined : {'content-type': 'application/json'};
		const text = body === undefined ? undefined : JSON.stringify(body);
		const answer = await fetch(`${warren.url}${path}`, {
			method,
			...(headers && {headers}),
			...(text && {body: text}),
		});
		said.push(await answer.text());
		return answer.status;
	};
	const deployment = {name: 'mason', language: 'javascript', code, env: {TOKEN: token}};
	t.is(await ask('POST', '/v1/functions', deployment), 201);
	t.is(await ask('POST', '/v1/functions', {...deployment, env: {TOKEN: {value: token}}}), 400);
	t.is(await ask('POST', '/v1/functions', {...deployment, env: {TOKEN: token}, policy: 7}), 400);
	t.is(await ask('POST', '/v1/functions', {...deployment, code: 'export default ('}), 422);
	t.is(await ask('POST', '/v1/functions/mason/invoke', 'crash'), 422);
	t.is(await ask('POST', '/v1/functions/mason/invoke', 1), 200);
	for (const path of [
		'/v1/functions/mason',
		'/v1/functions/mason/versions',
		'/v1/status',
		'/v1/tasks',
		'/metrics',
	]) {
		t.is(await ask('GET', path), 200, path);
	}
	await own.kill();
	await lines.find(line => line.includes('lost') || line.includes('down') || line.includes('gone'));
	await ask('GET', '/readyz');
	await ask('GET', '/v1/status');
	await own.start();

	t.true(lines.all.length > 5);
	for (const text of [...said, ...lines.all]) {
		for (const secret of [password, password.slice(3), encodeURIComponent(password), token]) {
			t.false(text.includes(secret), text);
		}
	}
});
