// A server whose connection to the broker is half-open hears nobody, for seconds before anybody tells it so.
import test from 'ava';
import {createClient} from '#client/client.ts';
import type {WorkerView} from '#contract/status.ts';
import {openTransport} from '#transport/open.ts';
import {ear, names} from '#transport/topology.ts';
import {testAmbient} from '../harness/ambient.ts';
import {arrivals} from '../harness/arrivals.ts';
import {TcpProxy, targetOf} from '../harness/proxy.ts';
import {prefix, rabbit} from '../harness/rabbit.ts';
import {endless, nothingCharged, runs} from './leaving.ts';
import {node} from './server.ts';

/** After three of them it would be lost; the broker's own heartbeats say after ten seconds that something is wrong. */
const missed = 5;

test('a worker is not lost to a server that could not hear it, and what it runs is not run twice', async t => {
	t.timeout(120_000);
	const broker = {url: (await rabbit()).url, prefix: prefix()};
	const way = await TcpProxy.open(targetOf(broker.url));
	t.teardown(() => way.close());
	const server = await node(t, {...broker, url: way.through(broker.url)}, ['server']);
	await node(t, broker, ['worker']);
	const client = createClient({url: String(server.url)});
	await client.deploy({name: 'endless', language: 'javascript', code: endless});
	const {task} = await client.submit('endless', null, {timeoutMs: 600_000});
	const worker = await runs(client, task);
	const beats = arrivals<string>('heartbeats at the broker');
	const named = names(broker.prefix);
	const listener = await openTransport(testAmbient(), {url: broker.url, name: 'a listener'});
	t.teardown(() => listener.stop());
	const queue = ear(named, 'listener', [`heartbeat.${worker}`]);
	await listener.declare({exchanges: [], queues: [queue]});
	await listener.consume(queue.name, {prefetch: 1}, ({key}) => {
		beats.push(key);
		return 'ack';
	});
	const view = async (): Promise<WorkerView | undefined> => (await client.workers())[0];

	way.freeze();
	const heard = beats.all.length;
	// What had passed already is read by then.
	await beats.reach(heard + 1);
	const lastBeat = (await view())?.lastBeat ?? 0;
	await beats.reach(heard + 1 + missed);
	t.like(await view(), {state: 'busy', lastBeat}, 'it heard none of them');

	way.thaw();
	while ((await view())?.lastBeat === lastBeat);
	t.is((await view())?.state, 'busy');
	t.is(await runs(client, task), worker);
	await nothingCharged(t, client, task, worker);
});
