// What is told to whoever asks for metrics, also while something is away.
import test from 'ava';
import {type Server, type World, world} from './world.ts';

const told = (node: Server) => node.ambient.metrics.registry.metrics();

const put = async ({line, names}: World, count: number) => {
	for (let n = 0; n < count; n++)
		await line.publish({exchange: '', key: names.dead, body: Buffer.from('{}')});
};

test('the queues of all servers are counted, dead letters among them', async t => {
	const all = await world(t);
	const node = await all.server();
	t.regex(await told(node), /^warren_queue_messages\{queue="warren\.dead"\} 0$/m);
	await put(all, 2);
	const metrics = await told(node);
	t.regex(metrics, /^warren_queue_messages\{queue="warren\.dead"\} 2$/m);
	t.regex(metrics, /^warren_queue_messages\{queue="warren\.intake"\} 0$/m);
});

test('while the store is away its metrics are not told, and all others are', async t => {
	const all = await world(t);
	const node = await all.server();
	await node.deploy('fib');
	await node.submit('fib', 1);
	await put(all, 1);
	const whole = await told(node);
	t.regex(whole, /^warren_tasks\{function="fib",state="queued"\} 1$/m);
	t.regex(whole, /^warren_store_trouble 0$/m);

	node.mishaps.store = () => 'refused';
	const answers = all.until(node.submit('fib', 2));
	await t.throwsAsync(answers, {message: /UNAVAILABLE/});
	const rest = await told(node);
	t.notRegex(rest, /^warren_tasks\{/m);
	t.notRegex(rest, /^warren_tasks_queued\{/m);
	t.regex(rest, /^warren_store_trouble 1$/m);
	t.regex(rest, /^warren_tasks_in_flight 1$/m);
	t.regex(rest, /^warren_queue_messages\{queue="warren\.dead"\} 1$/m);

	node.mishaps.store = () => undefined;
	all.clock.advance(1000);
	await all.quiet();
	t.regex(await told(node), /^warren_tasks\{function="fib",state="queued"\} 1$/m);
	t.regex(await told(node), /^warren_store_trouble 0$/m);
});

test('a store that never answers holds up the metrics for two seconds', async t => {
	const all = await world(t);
	const node = await all.server();
	const never = new Promise<void>(() => {});
	node.mishaps.store = verb => (verb === 'counts' || verb === 'stock' ? never : undefined);
	const since = all.clock.now();
	t.regex(await all.until(told(node)), /^warren_tasks_in_flight 0$/m);
	t.is(all.clock.now() - since, 2000);
});

test('a broker that is away holds back the lengths of its queues alone', async t => {
	const all = await world(t);
	const node = await all.server();
	node.mishaps.broker = () => 'refused';
	const metrics = await told(node);
	t.notRegex(metrics, /^warren_queue_messages\{/m);
	t.regex(metrics, /^warren_tasks_in_flight 0$/m);
});

test('a server with nothing to commit says that its store is away', async t => {
	const all = await world(t);
	const node = await all.server();
	t.regex(await told(node), /^warren_store_trouble 0$/m);
	node.mishaps.store = () => 'refused';
	t.regex(await told(node), /^warren_store_trouble 1$/m);
	node.mishaps.store = () => undefined;
	t.regex(await told(node), /^warren_store_trouble 0$/m);
});

test('a store that is damaged takes nothing, though it counts and nothing was to be committed', async t => {
	const all = await world(t);
	const node = await all.server();
	let damage: string | undefined;
	// The home asks the store that it was given.
	Object.assign(node.home.store, {damage: () => damage});
	t.regex(await told(node), /^warren_store_trouble 0$/m);
	damage = 'its file is damaged';
	t.regex(node.api.ready() ?? '', /its file is damaged/);
	t.regex(await told(node), /^warren_store_trouble 1$/m);
});

test('how far its effects lag behind is told, and since when', async t => {
	const all = await world(t);
	const node = await all.server();
	await node.deploy('fib');
	await all.worker({act: run => run.succeed(run.input)});
	t.regex(await told(node), /^warren_effects_owing 0$/m);
	const held = Promise.withResolvers<void>();
	node.mishaps.broker = ({key}) => (key === 'slow' ? held.promise : undefined);
	await node.submit('fib', 1, {replyTo: 'slow'});
	await all.quiet();
	all.clock.advance(4000);
	await node.submit('fib', 2);
	await all.quiet();
	all.clock.advance(2000);
	const metrics = await told(node);
	t.regex(metrics, /^warren_effects_owing [3-9]$/m, 'also the commits after it');
	t.regex(metrics, /^warren_effects_owing_seconds 6$/m);
	held.resolve();
	await all.quiet();
	const done = await told(node);
	t.regex(done, /^warren_effects_owing 0$/m);
	t.regex(done, /^warren_effects_owing_seconds 0$/m);
});
