// An area as real processes on RabbitMQ: its server is killed, or stands still, with tasks of another area in hand.
import {mkdtemp, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import test, {type ExecutionContext} from 'ava';
import {type NodeProcess, startNode} from '../chaos/nodeProcess.ts';
import {freePorts} from '../harness/ports.ts';
import {prefix, rabbit} from '../harness/rabbit.ts';
import {area, fill, inState, until} from './world.ts';

const tasks = 3;
const code = 'export default async n => { await new Promise(r => setTimeout(r, 10_000)); return n * n; };';

async function cloudOf(t: ExecutionContext) {
	const data = await mkdtemp(join(tmpdir(), 'warren-cloud-'));
	t.teardown(() => rm(data, {recursive: true, force: true}));
	const {url} = await rabbit();
	const [port = 0] = await freePorts(1);
	const nodes: NodeProcess[] = [];
	t.teardown(async () => {
		for (const node of nodes) if (node.alive) await node.kill();
	});
	const start = async (role: 'server' | 'worker', settings: readonly string[]) => {
		const node = await startNode(
			role,
			[...common, ...settings].flatMap(one => ['--set', one]),
		);
		nodes.push(node);
		return node;
	};
	const common = [`broker.url=${url}`, `broker.prefix=${prefix()}`];
	const server = () => start('server', [`node.data=${data}`, `http.port=${port}`]);
	const first = await server();
	await start('worker', ['worker.executors=1']);
	return {url: `http://127.0.0.1:${port}`, first, again: server};
}

test('an area whose server is killed and comes back goes on with what it had', async t => {
	t.timeout(180_000);
	const cloud = await cloudOf(t);
	const edge = await area(t, {areas: {cloud: {url: cloud.url}}, spill: {patienceMs: 60_000}});
	await edge.client.deploy({name: 'square', language: 'javascript', code});
	await fill(edge);
	const inputs = Array.from({length: tasks}, (_, at) => at + 2);
	const submitted = await Promise.all(inputs.map(n => edge.client.submit('square', n, {spill: true})));
	for (const {task} of submitted) await inState(edge, task, 'running');
	await cloud.first.kill();
	await cloud.again();

	for (const [at, {task}] of submitted.entries()) {
		const view = await edge.client.wait(task, {waitMs: 60_000});
		t.like(view, {state: 'succeeded', attempt: 1, charged: 0});
		t.regex(view.usage?.worker ?? '', /^cloud\//);
		t.is(await edge.client.result(task), (inputs[at] ?? 0) ** 2);
	}
	t.is(await edge.spilled('back'), 0);
	const {balanced, breaks} = await edge.client.audit();
	t.true(balanced, JSON.stringify(breaks));
});

test('an area that stands still loses what it had to this one, and is late with it', async t => {
	t.timeout(180_000);
	const cloud = await cloudOf(t);
	const edge = await area(t, {areas: {cloud: {url: cloud.url}}, spill: {patienceMs: 5000}});
	await edge.client.deploy({name: 'square', language: 'javascript', code});
	const held = await fill(edge);
	const {task} = await edge.client.submit('square', 5, {spill: true});
	await inState(edge, task, 'running');
	cloud.first.freeze();
	await until(async () => (await edge.spilled('back')) === 1, 'the task to be given back');
	cloud.first.thaw();
	await edge.client.cancel(held);

	const view = await edge.client.wait(task, {waitMs: 60_000});
	t.like(view, {state: 'succeeded', attempt: 1, charged: 0});
	t.regex(view.usage?.worker ?? '', /^(?!cloud\/)/);
	t.is((await edge.client.history(task)).filter(({to}) => to === 'succeeded').length, 1);
});
