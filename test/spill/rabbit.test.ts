// Two areas, each with a RabbitMQ node of its own, and a wide way between them.
import test, {type ExecutionContext} from 'ava';
import type {WarrenOptions} from '#warren.ts';
import {lagTo} from '../harness/lag.ts';
import {ownRabbit, prefix, rabbit} from '../harness/rabbit.ts';
import {type Area, area, until} from './world.ts';

const tasks = 40;
const code = 'export default async n => { await new Promise(r => setTimeout(r, 50)); return n * n; };';

/** A server, and a worker beside it that could be on another machine. */
async function onRabbit(t: ExecutionContext, url: string, options: WarrenOptions = {}): Promise<Area> {
	const broker = {url, prefix: prefix()};
	const server = await area(t, {...options, broker, roles: ['server']});
	await area(t, {broker, roles: ['worker']});
	await until(() => server.warren.api.workers().length > 0, 'the worker');
	return server;
}

test('between two brokers and over a slow way, what is too much for one area is done by both, once', async t => {
	t.timeout(120_000);
	const far = await ownRabbit('tasks that cross between two brokers');
	t.teardown(() => far.stop());
	const cloud = await onRabbit(t, far.url);
	const {hostname, port} = new URL(cloud.url);
	const way = await lagTo({host: hostname, port: Number(port)}, 50);
	t.teardown(() => way.close());
	const {url} = await rabbit();
	const edge = await onRabbit(t, url, {
		areas: {cloud: {url: `http://127.0.0.1:${way.port}`}},
		spill: {targetWait: {normal: 200}, patienceMs: 20_000, most: 10},
	});
	await edge.client.deploy({name: 'square', language: 'javascript', code});
	const inputs = Array.from({length: tasks}, (_, at) => at);
	const results = await edge.client.map<number>('square', inputs, {spill: true});

	t.deepEqual(
		results.map(one => ('value' in one ? one.value : one.failure)),
		inputs.map(n => n * n),
	);
	const views = await edge.client.list({limit: 100});
	const elsewhere = views.filter(({usage}) => usage?.worker.startsWith('cloud/')).length;
	t.true(elsewhere > 0 && elsewhere < tasks, `${elsewhere} of ${tasks} ran elsewhere`);
	for (const {state, attempt, charged} of views) t.deepEqual([state, attempt, charged], ['succeeded', 1, 0]);
	t.is((await cloud.client.list({limit: 100})).length, elsewhere);
	t.true((await edge.client.audit()).balanced);
	t.true((await cloud.client.audit()).balanced);
});
