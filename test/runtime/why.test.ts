// What a task waits for, and behind how many; what keeps it from its run while nothing of Warren's own does: the
// store, the broker.
import test from 'ava';
import {pair} from './pair.ts';
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

const many = (count: number, fn = 'fib') => Array.from({length: count}, (_, n) => submission(fn, n));
const behind = async ({api}: Server, task: string) => {
	const {behind: count, orMore} = must(await api.why(task));
	return [count, orMore];
};

test('why: who waits in the store is behind what is placed and what is older there', async t => {
	const all = await world(t);
	const node = await all.server({window: 2});
	await node.deploy('fib');
	await node.deploy('mail');
	await node.api.submit([...many(3), ...many(2, 'mail'), ...many(1)]);
	const {task} = await node.submit('fib', 7);
	await all.quiet();
	t.deepEqual(await behind(node, task), [6, false]);

	must(await node.api.pause('mail', {why: 'the post is closed'}));
	t.deepEqual(await behind(node, task), [4, false], 'what is held comes first no more');
	const urgent = await node.submit('fib', 8, {options: {class: 'high'}});
	t.deepEqual(await behind(node, urgent.task), [0, false], 'another class is another line');
});

test('why: of the store no more than 1,000 are counted, and it says that there may be more', async t => {
	const all = await world(t);
	const node = await all.server({window: 1});
	await node.deploy('fib');
	await node.api.submit(many(1000));
	const last = await node.submit('fib', 1);
	t.deepEqual(await behind(node, last.task), [1000, false]);
	await node.api.submit(many(1));
	const later = await node.submit('fib', 1);
	t.deepEqual(await behind(node, later.task), [1001, true]);
});

test('why: of what another server has placed the one that is asked knows no order; of what waits it does', async t => {
	const all = await world(t, {shared: true});
	const [one, two] = await pair(all, {window: 2});
	const [, placed] = [await one.submit('fib', 1), await one.submit('fib', 2)];
	await all.quiet();
	t.deepEqual(await behind(one, placed.task), [1, false]);
	t.deepEqual(await behind(two, placed.task), [null, false]);

	for (const {api} of [one, two]) must(await api.pausePool('default', {why: 'the machine rests'}));
	await two.submit('fib', 3);
	all.clock.advance(1);
	const waiting = await one.submit('fib', 4);
	await all.quiet();
	for (const node of [one, two]) t.deepEqual(await behind(node, waiting.task), [3, false]);
});
