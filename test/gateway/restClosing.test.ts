import {once} from 'node:events';
import {Agent, type IncomingMessage, request} from 'node:http';
import {connect} from 'node:net';
import test from 'ava';
import {arrivals} from '../harness/arrivals.ts';
import {createFakeClock} from '../harness/clock.ts';
import {open} from './door.ts';

type Door = Awaited<ReturnType<typeof open>>;

/** Calls with a connection that is kept; resolves to status, headers and text. */
function keeping(agent: Agent, url: string, method: string, body?: string) {
	const outgoing = request(url, {agent, method, headers: {'content-type': 'application/json'}});
	outgoing.end(body);
	return (async () => {
		const [response] = (await once(outgoing, 'response')) as [IncomingMessage];
		const chunks: Buffer[] = [];
		for await (const chunk of response) chunks.push(chunk as Buffer);
		return {status: response.statusCode, headers: response.headers, text: Buffer.concat(chunks).toString()};
	})();
}

/** Resolves once the door has made a submission. */
async function submitted({api}: Door): Promise<string> {
	const made = arrivals<string>('submissions');
	const submit = api.submit.bind(api);
	api.submit = async submissions => {
		const answers = await submit(submissions);
		for (const answer of answers) if (answer.ok) made.push(answer.value.task);
		return answers;
	};
	return (await made.reach(1))[0] ?? '';
}

test('a door that closes finishes the invocation in hand, and takes nothing new', async t => {
	const door = await open(t);
	const agent = new Agent({keepAlive: true});
	t.teardown(() => agent.destroy());
	const first = submitted(door);
	const inHand = keeping(agent, `${door.url}/v1/functions/slow/invoke`, 'POST', '1');
	const task = await first;
	const stopped = door.rest.stop();
	t.is(door.rest.stop(), stopped);
	door.end(task, 'succeeded', Buffer.from('"done"'), null);
	const answer = await inHand;
	t.is(answer.status, 200);
	t.is(answer.text, '"done"');
	t.is(answer.headers.connection, 'close');
	await stopped;
	await t.throwsAsync(door.call('GET', '/healthz'), {message: /fetch failed/});
});

test('a request that comes on an open connection of a closing door is told to come again', async t => {
	const door = await open(t);
	const first = submitted(door);
	const inHand = door.call('POST', '/v1/functions/slow/invoke', '1');
	const task = await first;
	const socket = connect(Number(new URL(door.url).port), '127.0.0.1');
	const chunks: Buffer[] = [];
	socket.on('data', (chunk: Buffer) => chunks.push(chunk));
	await once(socket, 'connect');
	socket.write('GET /v1/status HTTP/1.1\r\n');
	// The door has read the first line once it answers somebody who asked later.
	await door.call('GET', '/healthz');
	const stopped = door.rest.stop();
	socket.write('host: 127.0.0.1\r\n\r\n');
	await once(socket, 'close');
	const text = Buffer.concat(chunks).toString();
	t.regex(text, /^HTTP\/1\.1 503 /);
	t.regex(text, /connection: close\r\n/i);
	t.regex(text, /retry-after: 1\r\n/i);
	t.regex(text, /"code":"UNAVAILABLE"/);
	door.end(task, 'succeeded', Buffer.from('"done"'), null);
	t.is((await inHand).status, 200);
	await stopped;
});

test('long polls and streams are let go when the door closes', async t => {
	const door = await open(t);
	const {task} = (await (await door.call('POST', '/v1/functions/slow/tasks', '1')).json()) as {task: string};
	const stream = await door.call('GET', '/v1/events');
	const waits = arrivals<string>('waits');
	const wait = door.api.await.bind(door.api);
	door.api.await = (...parameters) => {
		waits.push('begun');
		return wait(...parameters);
	};
	const poll = door.call('GET', `/v1/tasks/${task}?wait=60s`);
	await waits.reach(1);
	await door.rest.stop();
	t.like(await (await poll).json(), {id: task, state: 'queued'});
	t.is(await stream.text(), ':\n\n');
	t.is(door.fake.awaiting, 0);
});

test('an invocation that outlasts the drain is told that its task goes on', async t => {
	const clock = createFakeClock();
	const door = await open(t, {drainMs: 5000}, clock);
	const first = submitted(door);
	const inHand = door.call('POST', '/v1/functions/slow/invoke', '1');
	const task = await first;
	const stopped = door.rest.stop();
	await new Promise(setImmediate);
	clock.advance(5000);
	const problem = (await (await inHand).json()) as {code: string; task: string; detail: string};
	t.like(problem, {code: 'WAIT_OVER', task});
	t.regex(problem.detail, /did not end while this node is open/);
	await stopped;
	t.is(door.tasks.get(task)?.view.state, 'queued');
});

const large = Buffer.from(JSON.stringify('x'.repeat(50_000_000)));

/** Asks for a large result and reads nothing of it yet. */
async function askForLarge(door: Door) {
	const {task} = (await (await door.call('POST', '/v1/functions/slow/tasks', '1')).json()) as {task: string};
	door.end(task, 'succeeded', large, null);
	const socket = connect(Number(new URL(door.url).port), '127.0.0.1');
	socket.write(`GET /v1/tasks/${task}/result HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n`);
	await once(socket, 'readable');
	return socket;
}

test('a large answer that is under way is delivered whole', async t => {
	const door = await open(t);
	const socket = await askForLarge(door);
	const stopped = door.rest.stop();
	let bytes = 0;
	for await (const chunk of socket) bytes += (chunk as Buffer).length;
	await stopped;
	t.true(bytes > large.length, `${bytes} bytes came`);
});

test('a client that never reads its answer is cut off', async t => {
	const clock = createFakeClock();
	const door = await open(t, {drainMs: 5000}, clock);
	const socket = await askForLarge(door);
	t.teardown(() => socket.destroy());
	let isClosed = false;
	const stopped = door.rest.stop().then(() => {
		isClosed = true;
	});
	while (clock.pending() === 0) await new Promise(setImmediate);
	clock.advance(5000);
	while (clock.pending() === 0) await new Promise(setImmediate);
	t.false(isClosed);
	clock.advance(1000);
	await stopped;
	t.true(isClosed);
});

test('a client that goes away leaves no wait behind, and its task goes on', async t => {
	const door = await open(t);
	const {task} = (await (await door.call('POST', '/v1/functions/slow/tasks', '1')).json()) as {task: string};
	const signals = arrivals<AbortSignal>('waits');
	const wait = door.api.await.bind(door.api);
	door.api.await = (id, ms, signal) => {
		if (signal) signals.push(signal);
		return wait(id, ms, signal);
	};
	const leaving = new AbortController();
	const poll = fetch(`${door.url}/v1/tasks/${task}?wait=60s`, {signal: leaving.signal});
	const [signal] = await signals.reach(1);
	if (!signal) throw new Error('no signal was handed on');
	const aborted = once(signal, 'abort');
	leaving.abort();
	await t.throwsAsync(poll);
	await aborted;
	t.is(door.tasks.get(task)?.view.state, 'queued');
});
