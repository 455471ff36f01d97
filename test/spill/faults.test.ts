import {mkdtemp} from 'node:fs/promises';
import {createServer} from 'node:http';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import test, {type ExecutionContext} from 'ava';
import {systemClock} from '#lib/clock.ts';
import {portOf} from '../harness/ports.ts';
import {TcpProxy} from '../harness/proxy.ts';
import {type Area, area, fill, guestOf, inState, square, until} from './world.ts';

/** An area, and the way to it, which the test may cut. */
async function behindProxy(t: ExecutionContext, url: string): Promise<{proxy: TcpProxy; url: string}> {
	const {hostname, port} = new URL(url);
	const proxy = await TcpProxy.open({host: hostname, port: Number(port)});
	t.teardown(() => proxy.close());
	return {proxy, url: `http://127.0.0.1:${proxy.port}`};
}

/** Ends what holds the slot, so that what was given back can run here. */
async function runsHere(t: ExecutionContext, edge: Area, held: string, task: string): Promise<void> {
	await edge.client.cancel(held);
	const view = await edge.client.wait(task, {waitMs: 30_000});
	t.like(view, {state: 'succeeded', attempt: 1, charged: 0});
	t.regex(view.usage?.worker ?? '', /^(?!cloud\/)/);
	t.true((await edge.client.audit()).balanced);
}

const deploySquare = ({client}: Area) =>
	client.deploy({name: 'square', language: 'javascript', code: square});

test('an area that is away before leaves the task here', async t => {
	const edge = await area(t, {areas: {cloud: {url: 'http://127.0.0.1:1'}}});
	await deploySquare(edge);
	const held = await fill(edge);
	const {task} = await edge.client.submit('square', 3, {spill: true});
	await until(async () => (await edge.spilled('back')) === 1, 'the task to be given back');
	await runsHere(t, edge, held, task);
});

test('an area that is cut off while it has the task: it runs here, and ends once', async t => {
	const cloud = await area(t);
	const way = await behindProxy(t, cloud.url);
	const edge = await area(t, {areas: {cloud: {url: way.url}}, spill: {patienceMs: 10_000}});
	const slow = 'export default async n => { await new Promise(r => setTimeout(r, 14_000)); return n; };';
	await edge.client.deploy({name: 'slow', language: 'javascript', code: slow});
	const held = await fill(edge);
	const {task} = await edge.client.submit('slow', 8, {spill: true});
	await inState(edge, task, 'running');
	way.proxy.refuse();

	await until(async () => (await edge.spilled('back')) === 1, 'the task to be given back');
	// Nobody told the area: it goes on, and what it says comes too late.
	way.proxy.admit();
	await runsHere(t, edge, held, task);
	await inState(cloud, (await guestOf(cloud)).id, 'succeeded');
	const ends = (await edge.client.history(task)).filter(({to}) => to === 'succeeded');
	t.is(ends.length, 1);
	t.is(await edge.client.result(task), 8);
});

test('an area that stops and does not come back while it has the task', async t => {
	const cloud = await area(t);
	const edge = await area(t, {areas: {cloud: {url: cloud.url}}, spill: {patienceMs: 10_000}});
	await deploySquare(edge);
	const held = await fill(edge);
	const gone = await edge.client.submit('forever', null, {spill: true});
	await inState(edge, gone.task, 'running');
	await cloud.stop();
	await until(async () => (await edge.spilled('back')) === 1, 'the task to be given back');
	t.is((await edge.client.cancel(gone.task)).state, 'cancelled');
	const {task} = await edge.client.submit('square', 9, {spill: true});
	await runsHere(t, edge, held, task);
});

test('an answer to the submission that is lost does not lose the task', async t => {
	const cloud = await area(t);
	const way = await behindProxy(t, cloud.url);
	const edge = await area(t, {areas: {cloud: {url: way.url}}});
	await deploySquare(edge);
	await deploySquare(cloud);
	const held = await fill(edge);
	// The first one makes the connection; of the second only the question passes.
	const first = await edge.client.submit('square', 1, {spill: true});
	await edge.client.wait(first.task, {waitMs: 20_000});
	way.proxy.deafen();
	const {task} = await edge.client.submit('square', 6, {spill: true});
	await until(async () => (await edge.spilled('back')) === 1, 'the task to be given back');
	way.proxy.thaw();
	await runsHere(t, edge, held, task);
	t.is((await cloud.client.list({function: 'square'})).length, 2);
});

test('what an area refuses runs here, and it is left alone for a while', async t => {
	const cloud = await area(t);
	// However slow this machine is, that while is not over.
	let stopped: number | undefined;
	const clock = {...systemClock, now: () => stopped ?? systemClock.now()};
	const edge = await area(t, {areas: {cloud: {url: cloud.url}}}, clock);
	await deploySquare(edge);
	await deploySquare(cloud);
	await cloud.client.pause('square');
	const held = await fill(edge);
	stopped = systemClock.now();
	const {task} = await edge.client.submit('square', 3, {spill: true});
	await until(async () => (await edge.spilled('back')) === 1, 'the task to be given back');
	const other = await edge.client.submit('forever', null, {spill: true});
	await inState(edge, other.task, 'running');
	const again = await edge.client.submit('square', 4, {spill: true});
	await edge.client.cancel(held);
	await runsHere(t, edge, held, task);
	await runsHere(t, edge, held, again.task);
	t.is(await edge.spilled('back'), 1);
});

test('an area that takes a task and never begins it gives it back', async t => {
	const cloud = await area(t);
	const edge = await area(t, {areas: {cloud: {url: cloud.url}}, spill: {patienceMs: 3000}});
	await deploySquare(edge);
	await deploySquare(cloud);
	const [held] = await Promise.all([fill(edge), fill(cloud)]);
	const {task} = await edge.client.submit('square', 3, {spill: true});
	await until(async () => (await edge.client.why(task)).text === 'the area cloud to begin it', 'the reason');
	await until(async () => (await edge.spilled('back')) === 1, 'the task to be given back');
	const [guest] = await cloud.client.list({function: 'square'});
	t.is(guest?.state, 'cancelled');
	await runsHere(t, edge, held ?? '', task);
});

test('something that is no area is no place to go', async t => {
	const other = createServer((_, response) => response.writeHead(404).end('nothing here')).listen(
		0,
		'127.0.0.1',
	);
	await new Promise(resolve => other.once('listening', resolve));
	t.teardown(() => other.close());
	const edge = await area(t, {areas: {cloud: {url: `http://127.0.0.1:${portOf(other)}`}}});
	await deploySquare(edge);
	const held = await fill(edge);
	const {task} = await edge.client.submit('square', 3, {spill: true});
	await until(async () => (await edge.spilled('back')) === 1, 'the task to be given back');
	await runsHere(t, edge, held, task);
});

test('a server that starts again finds its tasks, wherever they were', async t => {
	const cloud = await area(t);
	const data = await mkdtemp(join(tmpdir(), 'warren-spill-'));
	const options = {data, areas: {cloud: {url: cloud.url}}};
	const before = await area(t, options);
	await deploySquare(before);
	await fill(before);
	const done = await before.client.submit('square', 5, {spill: true});
	await inState(before, done.task, 'succeeded');
	const {task} = await before.client.submit('forever', null, {spill: true});
	await inState(before, task, 'running');
	await before.stop();

	const after = await area(t, options);
	t.is(await after.client.result(done.task), 25);
	t.is((await after.client.cancel(task)).state, 'cancelled');
	t.like((await after.client.audit()).ledger, {accepted: 3, succeeded: 1, cancelled: 1});
});
