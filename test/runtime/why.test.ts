// What keeps a task from its run while nothing of Warren's own does: the store, the broker.
import test from 'ava';
import {must, type Server, submission, world} from './world.ts';

/** Of a task that is in the broker and of one that waits in the store. */
async function two(node: Server): Promise<readonly string[]> {
	await node.deploy('fib');
	return [(await node.submit('fib', 1)).task, (await node.submit('fib', 2)).task];
}

test('why: while the store takes no commit each queued task waits for it, with the reason', async t => {
	const all = await world(t);
	const node = await all.server({window: 1});
	const tasks = await two(node);
	const reasons = async () => Promise.all(tasks.map(async task => must(await node.api.why(task)).reason));
	t.deepEqual(await reasons(), ['worker', 'room']);
	node.mishaps.store = verb => (verb === 'commit' ? 'refused' : undefined);
	t.like((await all.until(node.api.submit([submission('fib', 3)])))[0], {ok: false});
	for (const task of tasks) {
		const text = 'the store: The test has taken the store away';
		t.like(must(await node.api.why(task)), {state: 'queued', reason: 'store', text});
		t.is(must(await node.api.inspect(task)).waitingFor, text);
	}
	node.mishaps.store = () => undefined;
	all.clock.advance(1000);
	await all.quiet();
	t.deepEqual(await reasons(), ['worker', 'room']);
});

test('why: while the broker is out of reach each queued task waits for it, with the reason', async t => {
	const all = await world(t);
	const node = await all.server({window: 1});
	const tasks = await two(node);
	const heal = node.part();
	await all.quiet();
	const text = `the broker: ${node.home.transport.blocked()}`;
	for (const task of tasks) {
		t.like(must(await node.api.why(task)), {state: 'queued', reason: 'broker', text});
		t.is(must(await node.api.inspect(task)).waitingFor, text);
	}
	heal();
	await all.quiet();
	t.like(must(await node.api.why(tasks[0] ?? '')), {reason: 'worker'});
	t.like(must(await node.api.why(tasks[1] ?? '')), {reason: 'room'});
});
