import {once} from 'node:events';
import {get, type IncomingMessage} from 'node:http';
import test from 'ava';
import type {Happening} from '#contract/status.ts';
import {type Arrivals, arrivals} from '../harness/arrivals.ts';
import {createFakeClock} from '../harness/clock.ts';
import {open} from './door.ts';

type Stream = {
	readonly events: Arrivals<Happening>;
	readonly response: IncomingMessage;
	readonly raw: () => string;
};

async function listen(url: string): Promise<Stream> {
	const request = get(url);
	const [response] = (await once(request, 'response')) as [IncomingMessage];
	const events = arrivals<Happening>('events');
	let text = '';
	let rest = '';
	response.setEncoding('utf8');
	response.on('error', () => {});
	response.on('data', (chunk: string) => {
		text += chunk;
		const blocks = (rest + chunk).split('\n\n');
		rest = blocks.pop() ?? '';
		for (const block of blocks) {
			const data = /^data: (.*)$/m.exec(block)?.[1];
			if (data !== undefined) events.push(JSON.parse(data) as Happening);
		}
	});
	return {events, response, raw: () => text};
}

const happening = (state: string, group = 'echo'): Happening => ({
	actor: 'task',
	id: '01ARZ3NDEKTSV4RRFFQ69G5FAV',
	group,
	state,
	at: 1,
});

test('what happens is heard, and only what was asked for', async t => {
	const {url, feed} = await open(t);
	const all = await listen(`${url}/v1/events`);
	const dead = await listen(`${url}/v1/events?group=echo&state=dead`);
	t.is(all.response.headers['content-type'], 'text/event-stream');
	feed.tell(happening('succeeded'));
	feed.tell(happening('dead', 'other'));
	feed.tell(happening('dead'));
	t.is((await all.events.reach(3)).length, 3);
	t.deepEqual(await dead.events.reach(1), [happening('dead')]);
	t.regex(all.raw(), /^:\n\nevent: task\.succeeded\ndata: \{/);
	for (const {response} of [all, dead]) response.destroy();
});

test('a listener that goes away is forgotten', async t => {
	const {url, feed} = await open(t);
	const {response} = await listen(`${url}/v1/events`);
	t.true(feed.heard);
	response.destroy();
	// The door learns of it by its socket, some turns of the loop later.
	while (feed.heard) await new Promise(setImmediate);
	t.false(feed.heard);
});

test('the events of a task begin with its state and end with its end', async t => {
	const {url, call, end} = await open(t);
	const {task} = (await (await call('POST', '/v1/functions/slow/tasks', '1')).json()) as {task: string};
	const stream = await listen(`${url}/v1/tasks/${task}/events`);
	await stream.events.reach(1);
	const ended = once(stream.response, 'end');
	end(task, 'succeeded', Buffer.from('1'), null);
	await ended;
	t.deepEqual(
		stream.events.all.map(({id, state}) => [id, state]),
		[
			[task, 'queued'],
			[task, 'succeeded'],
		],
	);
	const late = await listen(`${url}/v1/tasks/${task}/events`);
	await once(late.response, 'end');
	t.deepEqual(
		late.events.all.map(({state}) => state),
		['succeeded'],
	);
	t.is((await call('GET', '/v1/tasks/01ARZ3NDEKTSV4RRFFQ69G5FAV/events')).status, 404);
});

test('what happens between the first look and the stream is told too', async t => {
	const door = await open(t);
	const {call, end, api, url} = door;
	const {task} = (await (await call('POST', '/v1/functions/slow/tasks', '1')).json()) as {task: string};
	const inspect = api.inspect.bind(api);
	api.inspect = async id => {
		const view = await inspect(id);
		end(task, 'succeeded', Buffer.from('1'), null);
		return view;
	};
	const stream = await listen(`${url}/v1/tasks/${task}/events`);
	await once(stream.response, 'end');
	t.deepEqual(
		stream.events.all.map(({state}) => state),
		['queued', 'succeeded'],
	);
});

test('a quiet stream is kept open by comments', async t => {
	const clock = createFakeClock();
	const {url} = await open(t, {}, clock);
	const stream = await listen(`${url}/v1/events`);
	const beats = arrivals<string>('beats');
	stream.response.on('data', (chunk: string) => beats.push(chunk));
	clock.advance(15_000);
	await beats.find(chunk => chunk.includes(':\n\n'));
	clock.advance(15_000);
	t.regex(stream.raw(), /^(:\n\n)+$/);
	stream.response.destroy();
});

test('a listener that does not read is cut off', async t => {
	const {url, feed} = await open(t);
	const stream = await listen(`${url}/v1/events`);
	stream.response.pause();
	const closed = new Promise(resolve => stream.response.once('close', resolve));
	const big = {...happening('succeeded'), code: 'x'.repeat(100_000)};
	while (feed.heard) {
		feed.tell(big);
		await new Promise(setImmediate);
	}
	stream.response.resume();
	await closed;
	t.false(feed.heard);
});
