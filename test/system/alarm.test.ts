// A broker that takes no more: RabbitMQ's own alarms, for memory and for disk. What a server and a worker do
// meanwhile is what docs/operating.md says.
import {setImmediate as turn} from 'node:timers/promises';
import {connect} from 'amqplib';
import test, {type ExecutionContext} from 'ava';
import {createClient} from '#client/client.ts';
import {WarrenError} from '#client/error.ts';
import {names} from '#transport/topology.ts';
import {tempFolder} from '../cli/pty.ts';
import {noteGap} from '../harness/gaps.ts';
import {TcpProxy, targetOf} from '../harness/proxy.ts';
import {ownRabbit, prefix} from '../harness/rabbit.ts';
import {isThorough} from '../harness/thorough.ts';
import {clientOf, goes, place, runs} from './leaving.ts';
import {node} from './server.ts';

/** By what it lacks: bounds that no machine keeps, and those of the tests' node. */
const alarms = {
	memory: {
		raise: 'vm_memory_monitor:set_vm_memory_high_watermark(0.0)',
		clear: 'vm_memory_monitor:set_vm_memory_high_watermark({absolute, "1GB"})',
	},
	disk: {
		raise: 'rabbit_disk_monitor:set_disk_free_limit("1000000GB")',
		clear: 'rabbit_disk_monitor:set_disk_free_limit("50MB")',
	},
} as const;

const sleep = 'export default ms => new Promise(resolve => setTimeout(() => resolve(ms), ms));';
const quick = 'export default n => n * n;';
/** A task that runs on when the alarm is raised, which takes a command or two, ms. */
const longMs = 20_000;
/** After so long a silence a worker is lost that could have spoken, with the time that a server takes to see it, ms. */
const lostMs = 5000;

async function notOurs(t: ExecutionContext): Promise<void> {
	await noteGap('alarms of the broker: not tried, none can be raised on that of WARREN_TEST_AMQP_URL');
	t.pass('told at the end of the run');
}

// They differ by what the broker says.
for (const what of isThorough ? (['memory', 'disk'] as const) : (['memory'] as const)) {
	const {raise, clear} = alarms[what];
	test.serial(
		`while the broker is low on ${what} all is taken that the store holds, and ends well afterwards`,
		async t => {
			t.timeout(240_000);
			const own = await ownRabbit(`servers and workers under an alarm of the broker for ${what}`);
			t.teardown(() => own.stop());
			if (!own.isOurs) return notOurs(t);
			const broker = {url: own.url, prefix: prefix()};
			const way = await TcpProxy.open(targetOf(own.url));
			t.teardown(() => way.close());
			const server = await node(t, broker, ['server']);
			const worker = await node(t, {...broker, url: way.through(own.url)}, ['worker']);
			const client = createClient({url: String(server.url)});
			await client.deploy({name: 'sleep', language: 'javascript', code: sleep});
			await client.deploy({name: 'quick', language: 'javascript', code: quick});
			const model = await connect(own.url);
			t.teardown(() => model.close());
			const producer = await model.createConfirmChannel();
			const {task: long} = await client.submit('sleep', longMs);
			await runs(client, long);

			t.true(await own.evaluate(`ok = ${raise}.`));
			const {task: held} = await client.submit('quick', 2);
			let says: string | null = null;
			while (says === null) says = (await client.status()).broker.blocked;
			t.is(says, `low on ${what}`);
			const ready = await fetch(`${server.url}/readyz`);
			t.is(ready.status, 503);
			t.true(Number(ready.headers.get('retry-after')) > 0);
			t.true((await ready.text()).includes(`low on ${what}`));
			// An invocation waits no longer than it said; its task is kept.
			const over = await client.invoke('quick', 3, {waitMs: 500}).catch(error => error);
			t.is(over instanceof WarrenError && over.failure.code, 'WAIT_OVER', String(over));
			const invoked = String(over instanceof WarrenError && over.task);
			t.is((await client.why(invoked)).text, `the broker: low on ${what}`);
			let isConfirmed = false;
			const offered = new Promise<void>((resolve, reject) => {
				const options = {messageId: 'offered', persistent: true};
				producer.publish(names(broker.prefix).tasks, 'quick', Buffer.from('4'), options, error => {
					isConfirmed = true;
					if (error) reject(error);
					else resolve();
				});
			});
			// It has ended, and its worker would say so.
			const outcomes = async () => {
				const {values} = await worker.ambient.metrics.published.get();
				return values.find(({labels}) => labels.kind === 'outcomes')?.value ?? 0;
			};
			while ((await outcomes()) === 0) await turn();
			for (const one of [long, held, invoked]) t.is((await client.get(one)).endedAt, null);
			t.false(isConfirmed);
			// The first publish of a connection that is made under an alarm is taken: then it is blocked like the others.
			way.cut();

			t.true(await own.evaluate(`ok = ${clear}.`));
			await offered;
			for (const one of [long, held, invoked]) {
				t.like(await client.wait(one), {state: 'succeeded', attempt: 1, charged: 0});
			}
			t.is(await client.result(long), longMs);
			let [fromQueue] = await client.list({function: 'quick', limit: 1});
			while (fromQueue?.key !== 'offered') [fromQueue] = await client.list({function: 'quick', limit: 1});
			t.like(await client.wait(fromQueue.id), {state: 'succeeded', attempt: 1, charged: 0});
			t.like(await client.audit(), {balanced: true, difference: 0});
			t.is((await client.status()).broker.blocked, null);
			t.is((await fetch(`${server.url}/readyz`)).status, 200);
		},
	);
}

test.serial('what runs on through an alarm of the broker is lost to nobody, and runs once', async t => {
	t.timeout(240_000);
	const own = await ownRabbit('a worker that an alarm of the broker keeps from speaking');
	t.teardown(() => own.stop());
	if (!own.isOurs) return notOurs(t);
	const broker = {url: own.url, prefix: prefix()};
	const server = await node(t, broker, ['server']);
	await node(t, broker, ['worker']);
	const client = createClient({url: String(server.url)});
	await client.deploy({name: 'sleep', language: 'javascript', code: sleep});
	const {task} = await client.submit('sleep', 2 * lostMs);
	await runs(client, task);
	t.true(await own.evaluate(`ok = ${alarms.memory.raise}.`));
	let [worker] = await client.workers();
	while (worker && Date.now() - worker.lastBeat < lostMs) [worker] = await client.workers();
	t.is(worker?.state, 'busy');
	t.is((await client.get(task)).endedAt, null);
	t.true(await own.evaluate(`ok = ${alarms.memory.clear}.`));
	t.like(await client.wait(task), {state: 'succeeded', attempt: 1});
	const events = (await client.history(task)).map(({event}) => event);
	t.false(events.includes('lost'), events.join());
	t.deepEqual((await client.audit()).healed, {});
});

test.serial(
	'a server and a worker go when they are told to under an alarm; what they had in hand ends later',
	async t => {
		const own = await ownRabbit('servers and workers that stop under an alarm of the broker');
		t.teardown(() => own.stop());
		if (!own.isOurs) return notOurs(t);
		const {broker, start} = await place(t, own.url);
		const folder = tempFolder(t);
		const server = start(folder, 'server', '--port', '0');
		const client = await clientOf(server);
		const worker = start(tempFolder(t), 'worker');
		await client.deploy({name: 'sleep', language: 'javascript', code: sleep});
		const {task: long} = await client.submit('sleep', longMs);
		await runs(client, long);
		t.true(await own.evaluate(`ok = ${alarms.memory.raise}.`));
		const {task: late} = await client.submit('sleep', 1);
		while ((await client.status()).broker.blocked === null);
		t.regex(await goes(t, worker), /"msg":"the worker ends before what it holds; it runs again elsewhere"/);
		t.regex(await goes(t, server), /"msg":"not all is told or dispatched; the next start does it"/);
		t.true(await own.evaluate(`ok = ${alarms.memory.clear}.`));
		const after = await clientOf(start(folder, 'server', '--port', '0'));
		await node(t, broker, ['worker']);
		for (const one of [long, late])
			t.like(await after.wait(one), {state: 'succeeded', attempt: 1, charged: 0});
	},
);
