// What RabbitMQ counts as deliveries is no evidence of anything: it counts bystanders and polite drains. The same on
// the broker in the process is in test/runtime/prefetched.test.ts.
import type {ExecutionContext} from 'ava';
import {openTransport} from '#transport/open.ts';
import {names} from '#transport/topology.ts';
import type {Transport} from '#transport/transport.ts';
import {createWarren} from '#warren.ts';
import {createWorker, type Worker} from '#worker/worker.ts';
import {folder} from '../acceptance/squares.ts';
import {testAmbient} from '../harness/ambient.ts';
import {createFakeClock} from '../harness/clock.ts';
import {type Ground, openGround, testOn} from '../harness/combination.ts';
import {TcpProxy, targetOf} from '../harness/proxy.ts';
import {scripted} from '../runtime/scripted.ts';

const many = 100;
const rounds = 70;
/** Two of seven, which makes fifty drains and twenty deaths. */
const isDeath = (round: number) => round % 7 < 2;

testOn(['rabbit+sqlite'], ['rabbit+sqlite', 'rabbit+postgres'])(
	'a hundred attempts that RabbitMQ delivers through fifty drains and twenty deaths all succeed, charged nothing',
	async (t, on) => {
		t.timeout(120_000);
		const ground = await openGround(t, on);
		const node = await createWarren(
			{...ground, id: 'n1', roles: ['server'], data: await folder(t)},
			testAmbient(),
		);
		t.teardown(() => node.stop());
		await node.start();
		const code = 'export default n => n;';
		const deployed = await node.api.deploy({name: 'id', language: 'javascript', code});
		if (!deployed.ok) throw new Error(deployed.failure.message);
		const inputs = Array.from({length: many}, (_, n) => Buffer.from(`${n}`));
		const answers = await node.api.submit(
			inputs.map(input => ({function: 'id', input, door: 'api', asynchronous: true})),
		);
		const ids = answers.map(answer => {
			if (!answer.ok) throw new Error(answer.failure.message);
			return answer.value.task;
		});
		const line = await openTransport(testAmbient(), {url: ground.broker.url, name: 'the test'});
		t.teardown(() => line.stop());
		const queue = names(ground.broker.prefix).work('default', 'normal');
		// All of them are in the broker, and nobody has them.
		while ((await node.api.status()).inFlight !== many) await new Promise(setImmediate);

		for (let round = 0; round < rounds; round++) {
			const hand = await idle(t, ground);
			while ((await line.depth(queue)) !== 0) await new Promise(setImmediate);
			await (isDeath(round) ? hand.die() : hand.worker.drain());
			t.is(hand.started(), 0);
		}

		const good = await createWarren(
			{broker: ground.broker, roles: ['worker'], worker: {executors: 1}, data: await folder(t)},
			testAmbient(),
		);
		t.teardown(() => good.stop());
		await good.start();
		for (const id of ids) {
			const end = await node.api.await(id, 60_000);
			if (!end.ok) throw new Error(end.failure.message);
			t.like(end.value, {state: 'succeeded', attempt: 1, charged: 0});
		}
	},
);

type Hand = {readonly worker: Worker; readonly die: () => Promise<void>; readonly started: () => number};

/** A worker that takes all it can hold, and starts nothing: nobody answers what it asks. */
async function idle(t: ExecutionContext, {broker}: Ground): Promise<Hand> {
	const proxy = await TcpProxy.open(targetOf(broker.url));
	const ambient = testAmbient(createFakeClock());
	const real = await openTransport(testAmbient(), {url: proxy.through(broker.url), name: 'a worker'});
	// What it asks for is taken, and comes to nobody.
	const transport = quietly(real);
	const executors = scripted(many / 2);
	const worker = createWorker(ambient, {
		...{id: `idle-${crypto.randomUUID()}`, pool: 'default', names: names(broker.prefix)},
		...{transport, executors, heartbeatMs: 1000, version: '0'},
	});
	await worker.start();
	// The broker hears nothing any more: neither what it gives back nor that it goes.
	const die = async () => {
		proxy.refuse();
		await worker.stop();
		await real.stop();
		await proxy.close();
	};
	t.teardown(die);
	return {worker, die, started: () => executors.runs.all.length};
}

const quietly = (real: Transport): Transport => ({
	...{durable: real.durable, publish: async () => 'taken'},
	declare: topology => real.declare(topology),
	consume: (queue, options, handle) => real.consume(queue, options, handle),
	depth: queue => real.depth(queue),
	remove: queue => real.remove(queue),
	blocked: () => real.blocked(),
	watch: listener => real.watch(listener),
	ask: answered => real.ask(answered),
	stop: () => real.stop(),
});
