// Two areas on two hosts, each with a RabbitMQ of its own, and the cable between them is pulled.
import {mkdtemp, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import test, {type ExecutionContext} from 'ava';
import {createClient} from '#client/client.ts';
import {spawned} from '../cli/process.ts';
import {type Host, openHost} from '../harness/host.ts';
import {freePorts} from '../harness/ports.ts';
import {TcpProxy, targetOf} from '../harness/proxy.ts';
import {ownRabbit, prefix, rabbit} from '../harness/rabbit.ts';
import {area, fill, inState, square, until} from './world.ts';

/** Where an area stands, how it reaches its broker, and its way to ours, which can be cut without a word. */
type Ground = {
	readonly through: readonly string[];
	readonly host: string;
	readonly url: string;
	readonly port: number;
	readonly broker: string;
	cut(): void;
	mend(): void;
};

async function groundOf(t: ExecutionContext, broker: string): Promise<Ground> {
	const [port = 0] = await freePorts(1);
	const host = openHost();
	t.log(host ? 'a network namespace' : 'no namespaces here: a proxy that goes silent');
	if (host) return onHost(t, host, {port, broker});
	const way = await TcpProxy.open({host: '127.0.0.1', port});
	t.teardown(() => way.close());
	return {
		...{through: [], host: '127.0.0.1', port, broker, url: way.through(`http://127.0.0.1:${port}`)},
		cut: () => way.silence(),
		mend: () => way.thaw(),
	};
}

async function onHost(
	t: ExecutionContext,
	host: Host,
	{port, broker}: {port: number; broker: string},
): Promise<Ground> {
	t.teardown(() => host.close());
	const [wide, local] = [host.cable(), host.cable()];
	// The broker listens on our loopback alone.
	const door = await TcpProxy.open(targetOf(broker), local.here);
	t.teardown(() => door.close());
	return {
		...{through: host.through, host: wide.there, port, broker: door.through(broker)},
		url: `http://${wide.there}:${port}`,
		cut: () => wide.pull(),
		mend: () => wide.plug(),
	};
}

test('an area on another host, whose cable is pulled while it has a task, and plugged in again', async t => {
	t.timeout(180_000);
	const far = await ownRabbit('an area on another host');
	t.teardown(() => far.stop());
	const folder = await mkdtemp(join(tmpdir(), 'warren-host-'));
	t.teardown(() => rm(folder, {recursive: true, force: true}));
	const ground = await groundOf(t, far.url);
	const set = [`broker.prefix=${prefix()}`, 'http.open=true', 'worker.executors=1', 'worker.drainTimeout=1s'];
	const cloud = spawned(
		t,
		folder,
		[
			...['up', '--json', '--host', ground.host, '--port', String(ground.port), '--broker', ground.broker],
			...['--log', 'info', ...set.flatMap(one => ['--set', one])],
		],
		{},
		ground.through,
	);
	await cloud.prints(/"url":\s*"([^"]+)"/);
	const edge = await area(t, {
		broker: {url: (await rabbit()).url, prefix: prefix()},
		areas: {cloud: {url: ground.url}},
		spill: {patienceMs: 4000},
	});
	const slow = 'export default async n => { await new Promise(r => setTimeout(r, 10_000)); return n; };';
	await edge.client.deploy({name: 'slow', language: 'javascript', code: slow});
	await edge.client.deploy({name: 'square', language: 'javascript', code: square});
	const held = await fill(edge);

	const {task} = await edge.client.submit('slow', 8, {spill: true});
	await inState(edge, task, 'running');
	ground.cut();
	await until(async () => (await edge.spilled('back')) === 1, 'the task to be given back');
	await edge.client.cancel(held);
	const view = await edge.client.wait(task, {waitMs: 60_000});
	t.like(view, {state: 'succeeded', attempt: 1, charged: 0});
	t.regex(view.usage?.worker ?? '', /^(?!cloud\/)/);

	ground.mend();
	const there = createClient({url: ground.url});
	const [guest] = await there.list();
	t.is((await there.wait(guest?.id ?? '', {waitMs: 60_000})).state, 'succeeded', 'it never knew');
	const ends = (await edge.client.history(task)).filter(({to}) => to === 'succeeded');
	t.is(ends.length, 1);
	t.is(await edge.client.result(task), 8);
	await fill(edge);
	await until(async () => {
		const next = await edge.client.submit('square', 5, {spill: true});
		const answered = await edge.client.wait(next.task, {waitMs: 10_000}).catch(() => undefined);
		return answered?.usage?.worker.startsWith('cloud/') === true;
	}, 'the area to be used again');
	t.true((await edge.client.audit()).balanced);
	t.true((await there.audit()).balanced);
});
