import {once} from 'node:events';
import {createServer} from 'node:net';
import test, {type ExecutionContext} from 'ava';
import {createClient} from '#client/client.ts';
import {WarrenError} from '#client/error.ts';
import type {Happening} from '#contract/status.ts';
import {open} from '../gateway/door.ts';
import {arrivals} from '../harness/arrivals.ts';

async function world(t: ExecutionContext) {
	const door = await open(t);
	return {...door, client: createClient({url: `${door.url}/`})};
}

async function refused(t: ExecutionContext, promise: Promise<unknown>): Promise<WarrenError> {
	const error = await t.throwsAsync(promise, {instanceOf: WarrenError});
	if (!error) throw new Error('nothing was thrown');
	return error;
}

test('an invocation gives the result, its text and where it ran', async t => {
	const {client} = await world(t);
	const returned = await client.invoke<{n: number}>('echo', {n: 1});
	t.like(returned, {result: {n: 1}, text: '{"n":1}', attempt: 1, worker: 'w1', runMs: 1.5});
	t.is((await client.invoke('echo', Buffer.from('[1.0]'))).text, '[1.0]');
	t.is((await client.invoke('echo')).text, 'null');
	t.throws(() => JSON.stringify(1n));
	await t.throwsAsync(
		client.invoke('echo', () => 1),
		{message: /JSON can carry, got a function/},
	);
});

test('a failure is thrown with its data, its status and its task', async t => {
	const {client, tasks} = await world(t);
	const error = await refused(t, client.invoke('throws', 1));
	t.deepEqual(error.failure, {
		code: 'FUNCTION_THREW',
		message: 'boom',
		retryable: false,
		name: 'TypeError',
		stack: 'at fn',
	});
	t.like(error, {status: 422, task: [...tasks.keys()][0], unreachable: false});
	t.is((await refused(t, client.submit('nobody', 1))).failure.code, 'FUNCTION_NOT_FOUND');
});

test('options travel', async t => {
	const {client, fake} = await world(t);
	const options = {
		key: 'k',
		version: 'v',
		timeoutMs: 5,
		expiresInMs: 6,
		deadline: 7,
		maxAttempts: 8,
		trace: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01',
	};
	await client.submit('slow', 1, options);
	t.deepEqual(fake.submissions[0]?.options, options);
});

test('many are submitted in batches and answered one by one, refusals among them', async t => {
	const {client, fake} = await world(t);
	const items = Array.from({length: 2500}, (_, n) => ({input: n, options: {key: `k${n % 2400}`}}));
	const answers: boolean[] = [];
	for await (const answer of client.submitMany('slow', items)) answers.push(answer.ok);
	t.is(answers.length, 2500);
	// Items 2400 to 2499 repeat keys of the first hundred with other inputs.
	t.deepEqual([answers.slice(0, 2400).every(Boolean), answers.slice(2400).some(Boolean)], [true, false]);
	t.is(fake.submissions.length, 2500);
	for await (const answer of client.submitMany('nobody', [{input: 1}, {input: 2}])) {
		t.is(answer.ok ? '' : answer.failure.code, 'FUNCTION_NOT_FOUND');
	}
	await t.throwsAsync(client.submitMany('slow', [{input: Buffer.from('1},{"input":2')}]).next(), {
		name: 'SyntaxError',
	});
});

test('inputs are mapped to results and failures, in their order', async t => {
	const {client, end, tasks} = await world(t);
	const inputs = Array.from({length: 100}, (_, n) => ({n}));
	const results = await client.map('echo', inputs);
	t.deepEqual(
		results.map(one => ('value' in one ? one.value : one.failure)),
		inputs,
	);
	const [failed] = await client.map('throws', [1]);
	t.like(failed, {failure: {code: 'FUNCTION_THREW'}});
	t.like((await client.map('nobody', [1]))[0], {failure: {code: 'FUNCTION_NOT_FOUND'}, task: undefined});
	const slow = client.map('slow', [1]);
	while (![...tasks.values()].some(({view}) => view.function === 'slow')) await new Promise(setImmediate);
	end([...tasks.keys()].at(-1) ?? '', 'cancelled', undefined, {
		code: 'CANCELLED',
		message: 'The task was cancelled',
		retryable: false,
	});
	t.like((await slow)[0], {failure: {code: 'CANCELLED'}});
});

test('a task is followed from its submission to its result', async t => {
	const {client, end} = await world(t);
	const {task} = await client.submit('slow', 1);
	t.is((await client.get(task)).state, 'queued');
	t.is((await client.wait(task, {waitMs: 1})).state, 'queued');
	const waiting = client.wait(task);
	end(task, 'succeeded', Buffer.from('{"a": 1.0}'), null);
	t.is((await waiting).state, 'succeeded');
	t.deepEqual(await client.result(task), {a: 1});
	t.is(await client.resultText(task), '{"a": 1.0}');
	t.is((await client.logs(task))[0]?.lines[0]?.text, 'hello');
	t.like(await client.cancel(task), {cancelled: false, was: 'succeeded'});
	t.like(await client.list({function: 'slow', limit: 5}), [{id: task}]);
});

test('functions, dead letters, workers and status are read', async t => {
	const {client} = await world(t);
	t.like(await client.deploy({name: 'sum', language: 'javascript', code: '1'}), {name: 'sum', number: 1});
	t.is((await client.functions()).length, 4);
	t.is((await client.function('sum')).name, 'sum');
	t.is((await client.versions('sum')).length, 1);
	t.deepEqual(await client.remove('sum'), {name: 'sum', cancelled: 0});
	const {task} = await client.submit('throws', 1);
	t.like(await client.deadLetters({all: true}), [{id: task}]);
	t.like(await client.redrive(task, {sameVersion: true}), {id: task, state: 'queued'});
	t.is((await client.workers())[0]?.id, 'w1');
	t.is((await client.status()).ledger.accepted, 1);
});

test('events are read as they happen, and leaving ends the stream', async t => {
	const {client, end, feed} = await world(t);
	const {task} = await client.submit('slow', 1);
	const seen = arrivals<Happening>('events');
	const reading = (async () => {
		for await (const happening of client.events({task})) seen.push(happening);
	})();
	await seen.reach(1);
	end(task, 'succeeded', Buffer.from('1'), null);
	await reading;
	t.deepEqual(
		seen.all.map(({state}) => state),
		['queued', 'succeeded'],
	);
	const stream = client.events({actor: 'task'});
	const first = stream.next();
	while (!feed.heard) await new Promise(setImmediate);
	await client.submit('echo', 1);
	t.like(await first, {value: {state: 'succeeded'}});
	await stream.return();
	while (feed.heard) await new Promise(setImmediate);
	t.false(feed.heard);
});

test('a lost connection is tried again for calls that may be made twice, and only for those', async t => {
	const {url} = await open(t);
	let failures = 2;
	let calls = 0;
	const flaky: typeof fetch = async (input, init) => {
		calls += 1;
		failures -= 1;
		if (failures >= 0) throw new TypeError('fetch failed', {cause: lost('ECONNRESET')});
		return fetch(input, init);
	};
	const client = createClient({url, fetch: flaky});
	t.is((await client.functions()).length, 3);
	t.is(calls, 3);
	failures = 1;
	const error = await refused(t, client.submit('echo', 1));
	t.true(error.unreachable);
	t.regex(error.message, /not reachable at http:.*\(ECONNRESET\)/);
	failures = 1;
	t.like(await client.submit('echo', 1, {key: 'once'}), {existing: false});
});

test('a node that is not there is named', async t => {
	const server = createServer().listen(0, '127.0.0.1');
	await once(server, 'listening');
	const address = server.address();
	const url = `http://127.0.0.1:${address !== null && typeof address === 'object' ? address.port : 0}`;
	server.close();
	await once(server, 'close');
	const error = await refused(t, createClient({url, attempts: 2}).status());
	t.is(
		error.message,
		`Warren is not reachable at ${url} (ECONNREFUSED); is it running, and is this its address?`,
	);
	t.like(error, {unreachable: true, status: undefined});
});

test('an answer that is not Warren’s is told as that', async t => {
	const proxy: typeof fetch = async () => new Response('<h1>Bad gateway</h1>', {status: 502});
	const error = await refused(t, createClient({url: 'http://proxy', fetch: proxy}).status());
	t.regex(error.message, /Expected Warren at http:\/\/proxy, got an answer with status 502/);
	t.is(error.failure.code, 'UNAVAILABLE');
	const many = createClient({url: 'http://proxy', fetch: proxy}).submitMany('echo', [{input: 1}]);
	await refused(t, many.next());
});

function lost(code: string): Error {
	return Object.assign(new Error('lost'), {code});
}
