// What becomes of keys while a door is open: revoked ones, their open answers, and rates.
import {once} from 'node:events';
import {writeFileSync} from 'node:fs';
import {connect} from 'node:net';
import test, {type ExecutionContext} from 'ava';
import {removeEntry} from '#keys/keyChange.ts';
import {readEntries} from '#keys/keyFile.ts';
import {openKeyRing} from '#keys/keyRing.ts';
import {testAmbient} from '../harness/ambient.ts';
import {createFakeClock} from '../harness/clock.ts';
import {keyList} from '../keys/keyList.ts';
import {open} from './door.ts';

/** A door with one key of these scopes, on a clock that stands still. */
async function keyed(t: ExecutionContext, rate?: string) {
	const list = keyList(t);
	const holder = list.add(['read', 'submit'], rate);
	const clock = createFakeClock();
	const keys = await openKeyRing(testAmbient(clock), list.file);
	const door = await open(t, {}, clock, keys);
	const get = (path: string) => door.call('GET', path, null, holder.headers);
	return {...list, ...door, holder, clock, get};
}

/** Asks until the file was read and the answer has this status. */
async function until(
	status: number,
	{call}: Awaited<ReturnType<typeof keyed>>,
	{headers}: Holder,
): Promise<void> {
	for (const last = performance.now() + 30_000; performance.now() < last; ) {
		if ((await call('GET', '/v1/status', null, headers)).status === status) return;
	}
	throw new Error(`Waited for an answer ${status}`);
}

type Holder = {readonly headers: Record<string, string>};

test('a key that is revoked is refused after the next look, and one that is added is taken', async t => {
	const door = await keyed(t);
	t.is((await door.get('/v1/status')).status, 200);
	removeEntry(door.file, door.holder.id);
	t.is((await door.get('/v1/status')).status, 200);
	door.clock.advance(2000);
	await until(401, door, door.holder);
	const second = door.add(['read']);
	door.clock.advance(2000);
	await until(200, door, second);
	t.is((await door.get('/v1/status')).status, 401);
});

test('a stream and a wait end with the key they came with; the task goes on', async t => {
	const door = await keyed(t);
	const {task} = (await (
		await door.call('POST', '/v1/functions/slow/tasks', '1', door.holder.headers)
	).json()) as {task: string};
	const stream = await door.get('/v1/events');
	const reading = stream.text();
	reading.catch(() => {});
	const waiting = door.get(`/v1/tasks/${task}?wait=60s`);
	waiting.catch(() => {});
	while (door.fake.awaiting === 0) await new Promise(setImmediate);
	removeEntry(door.file, door.holder.id);
	door.clock.advance(2000);
	await t.throwsAsync(reading);
	await t.throwsAsync(waiting);
	while (door.fake.awaiting > 0) await new Promise(setImmediate);
	t.is(door.tasks.get(task)?.view.state, 'queued');
	t.false(door.feed.heard);
});

test('a key that loses a scope loses the streams that took it, and keeps the rest', async t => {
	const door = await keyed(t);
	const {port} = new URL(door.url);
	const socket = connect(Number(port), '127.0.0.1');
	const {authorization} = door.holder.headers;
	socket.write(`GET /v1/events HTTP/1.1\r\nhost: 127.0.0.1\r\nauthorization: ${authorization}\r\n\r\n`);
	await once(socket, 'readable');
	socket.resume();
	const [entry] = readEntries(door.file);
	writeFileSync(door.file, JSON.stringify([{...entry, scopes: ['submit']}]));
	door.clock.advance(2000);
	await once(socket, 'close');
	t.is((await door.get('/v1/status')).status, 403);
	t.is((await door.call('POST', '/v1/functions/echo/invoke', '1', door.holder.headers)).status, 200);
});

test('a key above its rate is told when to come again; others are not held up', async t => {
	const door = await keyed(t, '30/m');
	t.is((await door.get('/v1/status')).status, 200);
	const late = await door.get('/v1/status');
	t.is(late.status, 429);
	t.is(late.headers.get('retry-after'), '2');
	t.is(late.headers.get('www-authenticate'), null);
	t.like(await late.json(), {
		code: 'RATE_LIMITED',
		retryable: true,
		detail: `The API key \`${door.holder.id}\` may make 30/m requests`,
	});
	t.is((await door.get('/healthz')).status, 200);
	door.clock.advance(1999);
	t.is((await door.get('/v1/status')).status, 429);
	door.clock.advance(1);
	t.is((await door.get('/v1/status')).status, 200);
	const unlimited = door.add(['read']);
	// The look at the file that this clock has begun is over.
	while (door.clock.pending() === 0) await new Promise(setImmediate);
	door.clock.advance(2000);
	await until(200, door, unlimited);
	const many = Array.from({length: 50}, () => door.call('GET', '/v1/status', null, unlimited.headers));
	for (const {status} of await Promise.all(many)) t.is(status, 200);
});

test('a burst is one second’s worth', async t => {
	const {get} = await keyed(t, '5/s');
	const statuses = await Promise.all(Array.from({length: 12}, async () => (await get('/v1/status')).status));
	t.is(statuses.filter(status => status === 200).length, 5);
	t.is(statuses.filter(status => status === 429).length, 7);
});
