// An area with a server and no worker at all: whatever runs runs elsewhere.
import test from 'ava';
import {TcpProxy} from '../harness/proxy.ts';
import {area, inState, square, until} from './world.ts';

test('without a worker of its pool a task goes at once, though its server has just begun', async t => {
	const cloud = await area(t);
	const edge = await area(t, {roles: ['server'], areas: {cloud: {url: cloud.url}}});
	await edge.client.deploy({name: 'square', language: 'javascript', code: square, policy: {spill: true}});
	t.is((await edge.client.invoke('square', 6)).result, 36);
	t.is(await edge.spilled('back'), 0);
});

test('what needs a tag that no worker here has goes to where one has it, and nothing else goes', async t => {
	const worker = {executors: 1, slots: 1, heartbeatMs: 100, drainTimeoutMs: 0, tags: ['gpu']};
	const cloud = await area(t, {worker});
	const edge = await area(t, {areas: {cloud: {url: cloud.url}}});
	const policy = {spill: true, needs: ['gpu']};
	await edge.client.deploy({name: 'square', language: 'javascript', code: square, policy});
	await edge.client.deploy({name: 'plain', language: 'javascript', code: square, policy: {spill: true}});
	const there = await edge.client.invoke('square', 6);
	t.is(there.result, 36);
	t.regex(there.worker ?? '', /^cloud\//);
	const here = await edge.client.invoke('plain', 7);
	t.is(here.result, 49);
	t.notRegex(here.worker ?? '', /^cloud\//);
});

test('an area that comes back is given what it had, which is the very task that it has', async t => {
	const cloud = await area(t);
	const proxy = await TcpProxy.open({host: '127.0.0.1', port: Number(new URL(cloud.url).port)});
	t.teardown(() => proxy.close());
	const edge = await area(t, {
		roles: ['server'],
		areas: {cloud: {url: `http://127.0.0.1:${proxy.port}`}},
		spill: {patienceMs: 4000},
	});
	const code = 'export default async n => { await new Promise(r => setTimeout(r, 8000)); return n; };';
	await edge.client.deploy({name: 'slow', language: 'javascript', code, policy: {spill: true}});
	const {task} = await edge.client.submit('slow', 4);
	await inState(edge, task, 'running');
	proxy.refuse();
	await until(async () => (await edge.spilled('back')) > 0, 'the task to be given back');
	proxy.admit();

	t.like(await edge.client.wait(task, {waitMs: 40_000}), {state: 'succeeded', attempt: 1, charged: 0});
	t.is(await edge.client.result(task), 4);
	t.is((await cloud.client.list()).length, 1);
	t.true((await edge.client.audit()).balanced);
});

test('an area that is away twice is given what it had twice', async t => {
	const cloud = await area(t);
	const proxy = await TcpProxy.open({host: '127.0.0.1', port: Number(new URL(cloud.url).port)});
	t.teardown(() => proxy.close());
	proxy.refuse();
	const edge = await area(t, {
		roles: ['server'],
		areas: {cloud: {url: `http://127.0.0.1:${proxy.port}`}},
		spill: {patienceMs: 4000},
	});
	const code = 'export default async n => { await new Promise(r => setTimeout(r, 8000)); return n; };';
	await edge.client.deploy({name: 'slow', language: 'javascript', code, policy: {spill: true}});
	const {task} = await edge.client.submit('slow', 4);
	await until(async () => (await edge.spilled('back')) === 1, 'the area to be away');
	proxy.admit();
	// It waited for the area marked, so this crossing has the first grant, and the next one has none.
	await inState(edge, task, 'running');
	proxy.refuse();
	await until(async () => (await edge.spilled('back')) === 2, 'the task to be given back');
	proxy.admit();

	t.like(await edge.client.wait(task, {waitMs: 40_000}), {state: 'succeeded', attempt: 1, charged: 0});
	t.is(await edge.client.result(task), 4);
	t.is((await cloud.client.list()).length, 1);
	t.true((await edge.client.audit()).balanced);
});

test('what waits for an area is cancelled like anything else, and does not go any more', async t => {
	const cloud = await area(t);
	const proxy = await TcpProxy.open({host: '127.0.0.1', port: Number(new URL(cloud.url).port)});
	t.teardown(() => proxy.close());
	proxy.refuse();
	const edge = await area(t, {roles: ['server'], areas: {cloud: {url: `http://127.0.0.1:${proxy.port}`}}});
	await edge.client.deploy({name: 'square', language: 'javascript', code: square, policy: {spill: true}});
	const {task} = await edge.client.submit('square', 4);
	await until(async () => (await edge.spilled('back')) > 0, 'the area to be away');
	t.is((await edge.client.cancel(task)).state, 'cancelled');
	const other = await edge.client.submit('square', 5);
	proxy.admit();

	t.is((await edge.client.wait(other.task, {waitMs: 40_000})).state, 'succeeded');
	t.is((await edge.client.get(task)).state, 'cancelled');
	t.is((await cloud.client.list()).length, 1);
});
