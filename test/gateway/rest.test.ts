import test from 'ava';
import {open} from './door.ts';

test('an invocation answers with the bytes the function returned, and says where it ran', async t => {
	const {call, fake} = await open(t);
	const answer = await call('POST', '/v1/functions/echo/invoke', '{ "n": 1.0, "big": 12345678901234567890 }');
	t.is(answer.status, 200);
	t.is(await answer.text(), '{ "n": 1.0, "big": 12345678901234567890 }');
	t.is(answer.headers.get('content-type'), 'application/json');
	t.regex(answer.headers.get('warren-task-id') ?? '', /^[0-9A-Z]{26}$/);
	t.is(answer.headers.get('warren-attempt'), '1');
	t.is(answer.headers.get('warren-worker'), 'w1');
	t.is(answer.headers.get('warren-run-ms'), '1.5');
	t.like(fake.submissions[0], {function: 'echo', door: 'rest', asynchronous: false});
});

test('an invocation without a body has the input null', async t => {
	const {call} = await open(t);
	t.is(await (await call('POST', '/v1/functions/echo/invoke')).text(), 'null');
});

test('a failed invocation is a problem with the status of its failure, and names the task', async t => {
	const {call, tasks} = await open(t);
	const answer = await call('POST', '/v1/functions/throws/invoke', '1');
	t.is(answer.status, 422);
	t.is(answer.headers.get('content-type'), 'application/problem+json');
	t.deepEqual(await answer.json(), {
		type: 'urn:warren:FUNCTION_THREW',
		title: 'The function threw',
		status: 422,
		code: 'FUNCTION_THREW',
		detail: 'boom',
		retryable: false,
		name: 'TypeError',
		stack: 'at fn',
		task: [...tasks.keys()][0],
	});
});

test('an invocation that outlasts its wait answers 504 with the task, which goes on', async t => {
	const {call, tasks, end} = await open(t);
	const answer = await call('POST', '/v1/functions/slow/invoke?wait=1ms', '1');
	const problem = (await answer.json()) as {code: string; task: string};
	t.is(answer.status, 504);
	t.is(problem.code, 'WAIT_OVER');
	t.is(answer.headers.get('location'), `/v1/tasks/${problem.task}`);
	t.is(tasks.get(problem.task)?.view.state, 'queued');
	end(problem.task, 'succeeded', Buffer.from('2'), null);
	t.is(await (await call('GET', `/v1/tasks/${problem.task}/result`)).text(), '2');
});

test('an invocation with a known key waits for the task which that key made', async t => {
	const {call, fake, end} = await open(t);
	const first = call('POST', '/v1/functions/slow/invoke', '1', {'idempotency-key': 'k'});
	const submit = await call('POST', '/v1/functions/slow/invoke?wait=1ms', '1', {'idempotency-key': 'k'});
	t.is(submit.status, 504);
	const {task} = (await submit.json()) as {task: string};
	const second = call('POST', '/v1/functions/slow/invoke', '1', {'idempotency-key': 'k'});
	end(task, 'succeeded', Buffer.from('7'), null);
	t.is(await (await first).text(), '7');
	t.is(await (await second).text(), '7');
	t.is(fake.awaiting, 0);
	const other = await call('POST', '/v1/functions/slow/invoke', '2', {'idempotency-key': 'k'});
	t.like(await other.json(), {status: 409, code: 'KEY_REUSED'});
});

test('`Prefer: respond-async` and /tasks answer 202 with the way to the task', async t => {
	const {call, fake} = await open(t);
	for (const [path, headers] of [
		['/v1/functions/slow/invoke', {prefer: 'respond-async'}],
		['/v1/functions/slow/tasks', {}],
	] as const) {
		const answer = await call('POST', path, '1', headers);
		const receipt = (await answer.json()) as {task: string};
		t.is(answer.status, 202);
		t.is(answer.headers.get('location'), `/v1/tasks/${receipt.task}`);
		t.like(receipt, {function: 'slow', state: 'queued', existing: false});
	}
	t.true(fake.submissions.every(({asynchronous}) => asynchronous));
});

test('options travel in headers, and a wrong one is named', async t => {
	const {call, fake} = await open(t);
	await call('POST', '/v1/functions/slow/tasks', '1', {
		'Idempotency-Key': 'k1',
		'Warren-Version': 'abc',
		'Warren-Timeout-Ms': '1500',
		'Warren-Expires-In-Ms': '60000',
		'Warren-Deadline': '1900000000000',
		'Warren-Max-Attempts': '3',
		traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01',
	});
	t.deepEqual(fake.submissions[0]?.options, {
		key: 'k1',
		version: 'abc',
		timeoutMs: 1500,
		expiresInMs: 60_000,
		deadline: 1_900_000_000_000,
		maxAttempts: 3,
		trace: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01',
	});
	const wrong: [string, string, RegExp][] = [
		['Warren-Timeout-Ms', 'soon', /^The header `Warren-Timeout-Ms` must be number, got "soon"/],
		['Warren-Max-Attempts', '0', /^The header `Warren-Max-Attempts` must be >= 1, got 0/],
		['Warren-Priority', '1', /^There is no header `warren-priority`; those of Warren are `Idempotency-Key`/],
	];
	for (const [name, value, says] of wrong) {
		const answer = await call('POST', '/v1/functions/slow/tasks', '1', {[name]: value});
		const problem = (await answer.json()) as {code: string; detail: string};
		t.is(answer.status, 400);
		t.is(problem.code, 'INVALID_INPUT');
		t.regex(problem.detail, says);
	}
	await call('POST', '/v1/functions/slow/tasks', '1', {traceparent: 'nonsense'});
	t.is(fake.submissions.at(-1)?.options, undefined);
});

test('a batch is answered item by item, in its order, byte for byte', async t => {
	const {call, tasks} = await open(t);
	const answer = await call('POST', '/v1/functions/echo/tasks/batch', '[1.0, "a,b", {"x": [1, 2]}]');
	t.is(answer.status, 202);
	const batch = (await answer.json()) as {accepted: number; refused: number; answers: {task: string}[]};
	t.like(batch, {accepted: 3, refused: 0});
	t.deepEqual(
		batch.answers.map(({task}) => tasks.get(task)?.input.toString()),
		['1.0', '"a,b"', '{"x": [1, 2]}'],
	);
});

test('a batch with options takes each with its own, and refuses some without harming the others', async t => {
	const {call, fake} = await open(t);
	const items = [
		{input: 1, options: {key: 'a', maxAttempts: 2}},
		{input: 2, options: {key: 'a'}},
		{input: 3},
	];
	const answer = await call('POST', '/v1/functions/slow/tasks/batch?options=each', JSON.stringify(items), {
		'warren-max-attempts': '5',
	});
	const batch = (await answer.json()) as {answers: {failure?: {code: string}}[]};
	t.is(answer.status, 202);
	t.deepEqual(
		batch.answers.map(({failure}) => failure?.code),
		[undefined, 'KEY_REUSED', undefined],
	);
	t.deepEqual(
		fake.submissions.map(({options}) => options),
		[{key: 'a', maxAttempts: 2}, {key: 'a', maxAttempts: 5}, {maxAttempts: 5}],
	);
});

test('a batch that is not one is refused with a reason', async t => {
	const {call} = await open(t);
	const path = '/v1/functions/echo/tasks/batch';
	const wrong: [string, string, Record<string, string>, RegExp][] = [
		[path, '{"a": 1}', {}, /^Expected the body of a batch to be a JSON array/],
		[path, `[${'1,'.repeat(10_000)}1]`, {}, /^Expected at most 10000 items in a batch, got more/],
		[path, '[1]', {'idempotency-key': 'k'}, /^Expected no `Idempotency-Key` for a whole batch/],
		[
			`${path}?options=each`,
			'[{"input": 1, "option": {}}]',
			{},
			/^Expected item 0 .* got the member `option`/,
		],
		[`${path}?options=each`, '[7]', {}, /^Expected item 0 .* got 7/],
		[
			`${path}?options=each`,
			'[{"input":1,"options":{"kye":"x"}}]',
			{},
			/options of item 0: .*must not have `kye`/,
		],
	];
	for (const [address, body, headers, says] of wrong) {
		const answer = await call('POST', address, body, headers);
		t.is(answer.status, 400);
		t.regex(((await answer.json()) as {detail: string}).detail, says);
	}
	const nobody = await call('POST', '/v1/functions/nobody/tasks/batch', '[1, 2]');
	t.is(nobody.status, 404);
	const problem = (await nobody.json()) as {code: string; answers: object[]};
	t.is(problem.code, 'FUNCTION_NOT_FOUND');
	t.is(problem.answers.length, 2);
	t.like(await (await call('POST', path, '[]')).json(), {accepted: 0, refused: 0, answers: []});
});
