// The limit of a function over several servers and workers, as real processes on RabbitMQ and PostgreSQL.
import {mkdtemp, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import test from 'ava';
import {type Client, createClient} from '#client/client.ts';
import {startNode} from '../chaos/nodeProcess.ts';
import {freePorts} from '../harness/ports.ts';
import {schema} from '../harness/postgres.ts';
import {prefix, rabbit} from '../harness/rabbit.ts';

const limit = 3;
const half = 60;
/** Longer than what is packed into one list. */
const code = `export default async () => {
	const from = Date.now();
	await new Promise(done => setTimeout(done, 25));
	return {from, to: Date.now()};
}`;
type Span = {readonly from: number; readonly to: number};

test('two servers and two workers run no more of a function than may, also when a server is killed', async t => {
	t.timeout(240_000);
	const data = await mkdtemp(join(tmpdir(), 'warren-limits-'));
	t.teardown(() => rm(data, {recursive: true, force: true}));
	const {url: broker} = await rabbit();
	const store = await schema(t);
	const common = [`broker.url=${broker}`, `broker.prefix=${prefix()}`];
	const settings = (list: readonly string[]) => list.flatMap(one => ['--set', one]);
	const ports = await freePorts(2);
	const server = (port: number, at: number) => {
		const own = [`node.id=n${at}`, `node.data=${join(data, `n${at}`)}`, `http.port=${port}`, 'node.lease=2s'];
		return startNode('server', settings([...common, `store.url=${store}`, ...own]));
	};
	const worker = () => startNode('worker', settings([...common, 'worker.executors=1']));
	const [first, ...others] = await Promise.all([...ports.map(server), worker(), worker()]);
	t.teardown(async () => {
		for (const node of [first, ...others]) if (node?.alive) await node.kill();
	});
	const [one, two] = ports.map(port => createClient({url: `http://127.0.0.1:${port}`})) as [Client, Client];
	await one.deploy({name: 'slow', language: 'javascript', code, policy: {concurrency: limit}});
	const submit = async (client: Client) => {
		const tasks: string[] = [];
		for await (const answer of client.submitMany(
			'slow',
			Array.from({length: half}, () => ({input: null})),
		)) {
			if (!answer.ok) throw new Error(answer.failure.message);
			tasks.push(answer.receipt.task);
		}
		return tasks;
	};
	const tasks = (await Promise.all([submit(one), submit(two)])).flat();
	await one.wait(tasks[half / 2] ?? '');
	await first?.kill();

	const spans: Span[] = [];
	for (const task of tasks) {
		t.is((await two.wait(task, {waitMs: 60_000})).state, 'succeeded');
		spans.push(await two.result<Span>(task));
	}
	const most = Math.max(
		...spans.map(({from}) => spans.filter(other => other.from <= from && from < other.to).length),
	);
	t.true(most <= limit && most > 1, `${most} ran at the same time`);
});
