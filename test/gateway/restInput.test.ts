import {once} from 'node:events';
import {connect} from 'node:net';
import test from 'ava';
import {fail} from '#actors/failure.ts';
import {checkProblem} from '#contract/problem.ts';
import {StoreTrouble} from '#store/store.ts';
import {open} from './door.ts';

const echo = '/v1/functions/echo/invoke';

test('a body of another type, charset or encoding is 415, and says what was expected', async t => {
	const {url} = await open(t);
	const types: [Record<string, string>, RegExp][] = [
		[
			{'content-type': 'application/x-www-form-urlencoded'},
			/`application\/json`, got `application\/x-www-form/,
		],
		[{'content-type': 'text/plain'}, /got `text\/plain`/],
		[{'content-type': 'application/json; charset=latin1'}, /in UTF-8, got `charset=latin1`/],
		[
			{'content-type': 'application/json', 'content-encoding': 'gzip'},
			/without `Content-Encoding`, got `gzip`/,
		],
	];
	for (const [headers, says] of types) {
		const answer = await fetch(url + echo, {method: 'POST', headers, body: '{}'});
		const problem = (await answer.json()) as {detail: string};
		t.is(answer.status, 415);
		t.regex(problem.detail, says);
		t.true(checkProblem(problem).ok);
	}
	const headers = {'content-type': 'application/json; charset=UTF-8'};
	t.is((await fetch(url + echo, {method: 'POST', headers, body: '{}'})).status, 200);
});

test('malformed JSON is 400 and says where', async t => {
	const {call, fake} = await open(t);
	for (const path of [echo, '/v1/functions', '/v1/functions/echo/tasks', '/v1/functions/echo/tasks/batch']) {
		const answer = await call('POST', path, '{"a": 1,\n "b": nope}');
		t.is(answer.status, 400);
		t.like(await answer.json(), {
			code: 'INVALID_INPUT',
			detail: 'The body is not valid JSON: unexpected `n` at line 2, column 7 (position 15)',
		});
	}
	t.deepEqual(fake.submissions, []);
});

test('an oversized body is 413 and names the limit', async t => {
	const {call} = await open(t, {bodyLimitBytes: 1000});
	const answer = await call('POST', echo, JSON.stringify('x'.repeat(1000)));
	t.is(answer.status, 413);
	t.like(await answer.json(), {
		code: 'PAYLOAD_TOO_LARGE',
		detail: 'The body is larger than the 1000 bytes allowed',
	});
});

test('an address that is not there is 404, one that cannot be read is 400', async t => {
	const {call} = await open(t);
	const missing = await call('GET', '/v1/nothing?x=1');
	t.is(missing.headers.get('content-type'), 'application/problem+json');
	t.like(await missing.json(), {
		status: 404,
		code: 'NOT_FOUND',
		detail: 'There is nothing at GET /v1/nothing; `/docs` and `/openapi.json` list what is',
	});
	t.is((await call('PUT', echo, '{}')).status, 404);
	const unreadable = await call('GET', '/v1/tasks/%zz');
	t.like(await unreadable.json(), {status: 400, code: 'INVALID_INPUT'});
});

test('bytes that are not HTTP, and headers without end, are answered and cut off', async t => {
	const {url} = await open(t);
	const port = Number(new URL(url).port);
	const send = async (bytes: string) => {
		const socket = connect(port, '127.0.0.1');
		const chunks: Buffer[] = [];
		socket.on('data', (chunk: Buffer) => chunks.push(chunk));
		socket.write(bytes);
		await once(socket, 'close');
		return Buffer.concat(chunks).toString();
	};
	const noise = await send('HELLO\r\n\r\n');
	t.regex(noise, /^HTTP\/1\.1 400 /);
	t.regex(noise, /"code":"INVALID_INPUT"/);
	t.regex(
		await send(`GET / HTTP/1.1\r\nhost: 127.0.0.1\r\nx: ${'y'.repeat(20_000)}\r\n\r\n`),
		/^HTTP\/1\.1 431 /,
	);
	const rare: [string, number, RegExp][] = [
		['GET /healthz HTTP/1.1\r\nconnection: close\r\n\r\n', 400, /Expected a `Host` header/],
		['CONNECT example.org:443 HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n', 400, /This is no proxy/],
		['GET /healthz HTTP/1.1\r\nhost: 127.0.0.1\r\nexpect: tea\r\nconnection: close\r\n\r\n', 200, /"ok"/],
	];
	for (const [bytes, status, says] of rare) {
		const answer = await send(bytes);
		t.true(answer.startsWith(`HTTP/1.1 ${status} `), answer);
		t.regex(answer, says);
	}
});

test('a page of another site can neither submit nor cancel', async t => {
	const {call, fake} = await open(t);
	const answer = await call('POST', echo, null, {'sec-fetch-site': 'cross-site'});
	t.is(answer.status, 403);
	t.deepEqual(fake.submissions, []);
});

test('a store out of reach is 503, and says what to do', async t => {
	const door = await open(t);
	door.api.status = async () => {
		throw new StoreTrouble(fail('UNAVAILABLE', 'The disk is full; make room and try again'));
	};
	const answer = await door.call('GET', '/v1/status');
	t.is(answer.headers.get('retry-after'), '1');
	t.like(await answer.json(), {
		status: 503,
		code: 'UNAVAILABLE',
		detail: 'The disk is full; make room and try again',
	});
});

test('where there is no room, one task or a whole batch, it is 429 and says when to come back', async t => {
	const door = await open(t);
	const failure = fail('REJECTED', '3 tasks of `echo` are queued, and its policy allows no more');
	door.api.submit = async list => list.map(() => ({ok: false, failure}));
	for (const [path, body] of [
		['tasks', 1],
		['tasks/batch', [1, 2]],
	] as const) {
		const answer = await door.call('POST', `/v1/functions/echo/${path}`, JSON.stringify(body));
		t.is(answer.status, 429);
		t.is(answer.headers.get('retry-after'), '1');
		t.like(await answer.json(), {code: 'REJECTED', retryable: true, detail: failure.message});
	}
});

test('a verb that throws is a 500 that tells nothing of the inside, and is logged', async t => {
	const door = await open(t);
	door.api.inspect = async () => {
		throw new Error('secret path');
	};
	const answer = await door.call('GET', '/v1/tasks/01ARZ3NDEKTSV4RRFFQ69G5FAV');
	const text = await answer.text();
	t.is(answer.status, 500);
	t.regex(text, /"code":"INTERNAL"/);
	t.notRegex(text, /secret/);
	t.is(door.ambient.lines.filter(({msg}) => msg === 'request failed').length, 1);
});

test('a time that no store gives back is 400: its task could never be read again', async t => {
	const {call} = await open(t);
	for (const [name, value] of [
		['Warren-Deadline', 2 ** 53],
		['Warren-Deadline', 8.64e15 + 1],
		['Warren-Expires-In-Ms', 2 ** 53],
	] as const) {
		const answer = await call('POST', '/v1/functions/echo/tasks', '1', {[name]: String(value)});
		t.is(answer.status, 400);
	}
});
