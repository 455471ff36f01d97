// What needs a tag runs where that is, over the whole way and in every way of dispatch.
import type {ExecutionContext} from 'ava';
import type {Mode} from '#dispatch/dispatch.ts';
import type {End} from '#runtime/waiters.ts';
import {createWarren, type WarrenOptions} from '#warren.ts';
import {testAmbient} from '../harness/ambient.ts';
import {openGround, testOn} from '../harness/combination.ts';
import type {Combination} from '../harness/combinations.ts';
import {folder} from './squares.ts';

const code = 'export default n => n + 1;';
const calls = 40;

const title = 'of two workers the one with the tag runs what needs it, and both run the rest';
for (const mode of ['pull', 'push'] as const) {
	testOn(['rabbit+sqlite'], ['rabbit+sqlite', 'rabbit+postgres'])(`${title}: ${mode}`, (t, on) =>
		share(t, on, mode),
	);
}
testOn(['memory+sqlite'])('a node whose worker has the tag runs what needs it by itself', async (t, on) => {
	const node = await open(t, {...(await openGround(t, on)), worker: {executors: 1, tags: ['gpu']}});
	t.is(await call(node, {needs: ['gpu']}), 1);
});

async function share(t: ExecutionContext, on: Combination, mode: Mode): Promise<void> {
	t.timeout(60_000);
	const ground = await openGround(t, on);
	const node = await open(t, {...ground, id: 'n1', roles: ['server'], dispatch: {mode}});
	for (const tags of [[], ['gpu']]) {
		const worker = {executors: 1, slots: 2, tags, heartbeatMs: 100};
		await open(t, {broker: ground.broker, roles: ['worker'], worker});
	}
	t.is(await call(node, {needs: ['gpu']}), 1);
	t.is(await call(node, {}), 2);
}

type Node = Awaited<ReturnType<typeof createWarren>>;

async function open(t: ExecutionContext, options: WarrenOptions): Promise<Node> {
	const node = await createWarren({...options, data: await folder(t)}, testAmbient());
	t.teardown(() => node.stop());
	await node.start();
	return node;
}

/** Deploys a function, calls it many times, and says how many workers ran it. */
async function call({api}: Node, policy: {needs?: string[]}): Promise<number> {
	const name = policy.needs ? 'render' : 'mail';
	const deployed = await api.deploy({name, language: 'javascript', code, policy});
	if (!deployed.ok) throw new Error(deployed.failure.message);
	const workers = new Set<string | undefined>();
	const one = async (n: number): Promise<void> => {
		const {promise, resolve} = Promise.withResolvers<End>();
		const input = Buffer.from(String(n));
		await api.submit([{function: name, input, door: 'api', asynchronous: false, ended: resolve}]);
		const {usage, result} = await promise;
		if (result?.toString() !== String(n + 1)) throw new Error(`Expected ${n + 1}, got ${result?.toString()}`);
		workers.add(usage?.worker);
	};
	await Promise.all(Array.from({length: calls}, (_, n) => one(n)));
	return workers.size;
}
