// What a lost worker held goes to a live one, past the queue of its pool: the broker takes the lost one for
// alive, and would give it part of what is queued.
import test from 'ava';
import {pass} from './pass.ts';
import {must, type Server, submission, type TestWorker, type World, world} from './world.ts';

const second = 1000;

/** Its process stands still and its connection lives: it says nothing, and takes what it is given. */
const stall = ({mishaps}: TestWorker) => {
	mishaps.broker = () => 'refused';
};

const tasksOf = ({runs}: TestWorker) => runs.all.map(({task}) => task).sort();

/** The attempts that a server sent to be run, as `<queue> <task>`. */
const works = ({sent}: Server) =>
	sent.all.filter(({properties}) => properties?.type === 'warren.work').map(({key}) => key);

/** A server, and a worker that holds so many attempts and has just named them, when it falls silent. */
async function stalled(all: World, count: number) {
	const node = await all.server({auditMs: 5 * second});
	await node.deploy('fib');
	const hand = await all.worker({id: 'w-stalled', slots: 8});
	const tasks = await Promise.all(Array.from({length: count}, (_, n) => node.submit('fib', n)));
	await hand.runs.reach(count);
	await pass(all, 1);
	stall(hand);
	const lost = async () => {
		await pass(all, 3);
		if (!node.api.workers().some(({id, state}) => id === 'w-stalled' && state === 'lost')) {
			throw new Error('Expected the worker to be lost by now');
		}
	};
	return {node, hand, tasks: tasks.map(({task}) => task).sort(), lost};
}

test('what a worker held that fell silent runs on the other as soon as it is lost', async t => {
	const all = await world(t);
	const {node, tasks, lost, hand} = await stalled(all, 4);
	const other = await all.worker({act: run => run.succeed()});
	await pass(all, 1);
	t.deepEqual(other.runs.all, []);
	await lost();
	t.deepEqual(tasksOf(other), tasks);
	t.deepEqual(tasksOf(hand), tasks, 'nothing came to the one that is lost');
	for (const task of tasks) {
		t.like(must(await node.api.inspect(task)), {state: 'succeeded', attempt: 1, charged: 0});
	}
	await pass(all, 30);
	t.like(must(await node.api.audit()), {balanced: true, healed: {lost: 4}});
	t.is(other.runs.all.length, 4);
});

test('of several live workers each gets its share, by the room it has', async t => {
	const all = await world(t);
	const {tasks, lost} = await stalled(all, 6);
	const two = await all.worker({slots: 2, act: run => run.succeed()});
	const four = await all.worker({slots: 4, act: run => run.succeed()});
	await pass(all, 1);
	await lost();
	t.is(two.runs.all.length, 2);
	t.is(four.runs.all.length, 4);
	t.deepEqual([...tasksOf(two), ...tasksOf(four)].sort(), tasks);
});

test('what is more than the slots of the worker that gets it waits there for its turn', async t => {
	const all = await world(t);
	const {tasks, lost} = await stalled(all, 5);
	const other = await all.worker({slots: 1});
	await pass(all, 1);
	await lost();
	for (let n = 0; n < 5; n++) (await other.runs.reach(n + 1))[n]?.succeed();
	t.deepEqual(tasksOf(other), tasks);
});

test('a chosen worker that falls silent too, before it names what it was sent, is left for the third', async t => {
	const all = await world(t);
	const {node, tasks, lost} = await stalled(all, 3);
	const chosen = await all.worker({id: 'w-chosen', slots: 8});
	await pass(all, 1);
	// It beats, and does nothing else: no claim leaves it.
	chosen.mishaps.broker = ({properties}) => (properties?.type === 'warren.claim' ? 'refused' : undefined);
	await lost();
	t.deepEqual(works(node).slice(3), Array(3).fill('warren.worker.w-chosen'));
	stall(chosen);
	const third = await all.worker({id: 'w-third', act: run => run.succeed()});
	await pass(all, 4);
	t.deepEqual(works(node).slice(6), Array(3).fill('warren.worker.w-third'));
	t.deepEqual(tasksOf(third), tasks);
	t.deepEqual(chosen.runs.all, []);
});

test('a chosen worker that dies takes its mailbox with it, and what was in it runs on the third', async t => {
	const all = await world(t);
	const {node, tasks, lost} = await stalled(all, 3);
	const chosen = await all.worker({id: 'w-chosen', slots: 8});
	await pass(all, 1);
	chosen.mishaps.broker = ({properties}) => (properties?.type === 'warren.claim' ? 'refused' : undefined);
	await lost();
	t.is(works(node).length, 6);
	chosen.crash();
	const third = await all.worker({act: run => run.succeed()});
	await pass(all, 4);
	t.deepEqual(tasksOf(third), tasks);
	for (const task of tasks) t.like(must(await node.api.inspect(task)), {state: 'succeeded', charged: 0});
});

test('a chosen worker whose connection was lost has no mailbox any more, nor what was sent to it', async t => {
	const all = await world(t);
	const {node, tasks, lost, hand} = await stalled(all, 3);
	const chosen = await all.worker({id: 'w-chosen', slots: 8, act: run => run.succeed()});
	await pass(all, 1);
	chosen.mishaps.broker = ({properties}) => (properties?.type === 'warren.claim' ? 'refused' : undefined);
	await lost();
	chosen.blink();
	chosen.mishaps.broker = () => undefined;
	await pass(all, 5);
	t.deepEqual([...new Set(tasksOf(chosen))], tasks);
	t.deepEqual(tasksOf(hand), tasks);
	for (const task of tasks) t.like(must(await node.api.inspect(task)), {state: 'succeeded', charged: 0});
});

test('where no worker is alive, or its mailbox is gone, the queue of the pool takes it', async t => {
	const all = await world(t);
	const {node, tasks, lost, hand} = await stalled(all, 2);
	await lost();
	t.deepEqual(works(node).slice(2), Array(2).fill('warren.work.default.normal'));
	hand.crash();
	const late = await all.worker({act: run => run.succeed()});
	await pass(all, 2);
	t.deepEqual(tasksOf(late), tasks);
});

test('a worker that has left is sent nothing', async t => {
	const all = await world(t);
	const {node, lost} = await stalled(all, 2);
	const leaving = await all.worker({slots: 8});
	await pass(all, 2);
	await leaving.worker.drain();
	await lost();
	t.deepEqual(works(node).slice(2), Array(2).fill('warren.work.default.normal'));
});

test('what the broker has given to another worker before its own was lost is not sent once more', async t => {
	const all = await world(t);
	const {node, tasks, lost, hand} = await stalled(all, 3);
	const other = await all.worker({slots: 8});
	// A kill, as the broker sees it: what was held comes to the other at once.
	hand.crash();
	await other.runs.reach(3);
	await pass(all, 1);
	await lost();
	t.deepEqual(tasksOf(other), tasks);
	t.is(works(node).length, 3);
	t.like(must(await node.api.audit()), {balanced: true, healed: {}});
});

test('what was taken and never named is missed while the queue is long, once later ones have come out, and nothing else is', async t => {
	const all = await world(t);
	const node = await all.server({auditMs: 5 * second});
	await node.deploy('fib');
	const silent = await all.worker({slots: 1});
	const other = await all.worker({id: 'w-other', slots: 1});
	await pass(all, 1);
	stall(silent);
	await node.api.submit(Array.from({length: 30}, (_, n) => submission('fib', n)));
	for (let n = 0; n < 10; n++) {
		other.runs.all.at(-1)?.succeed();
		await pass(all, 0.5);
	}
	t.true(((await all.line.depth(all.names.work('default', 'normal'))) as number) > 10);
	t.deepEqual(
		works(node).filter(key => key !== 'warren.work.default.normal'),
		['warren.worker.w-other', 'warren.worker.w-other'],
	);
	t.like(must(await node.api.audit()), {healed: {lost: 2}});
});

test('what has just come out of an emptied queue is with a live worker that has not named it yet, and is left alone', async t => {
	const all = await world(t);
	const {node, lost} = await stalled(all, 1);
	const other = await all.worker({id: 'w-other', slots: 1});
	await pass(all, 1);
	await lost();
	await pass(all, 1);
	await node.api.submit(Array.from({length: 24}, (_, n) => submission('fib', n)));
	// Four beats later, between two beats, the last of the queue comes out.
	await pass(all, 4);
	for (let n = 0; n < 25; n++) {
		other.runs.all.at(-1)?.succeed();
		await all.quiet();
		if (n % 3 === 0) await pass(all, 0.5);
	}
	await pass(all, 4);
	const ran = other.runs.all.map(({task}) => task);
	t.is(new Set(ran).size, ran.length, 'nothing ran twice');
});
