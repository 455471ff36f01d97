// What an executor has settled, and in how many frames it says so.
import test from 'ava';
import type {ExecutorSettled} from '#contract/executor.ts';
import {createOutbox} from '#engine/executorOutbox.ts';
import {arrivals} from '../harness/arrivals.ts';

const settled = (index: number): ExecutorSettled => ({
	...{list: 0, index, failure: null, cold: false},
	...{initMs: 0, runMs: 0, cpuMs: 0, heapBytes: 0, hostCalls: 0},
});

/** An outbox, and the numbers of the items in each frame that it sent. */
function world() {
	const frames = arrivals<number[]>('frames');
	const send = (head: object) =>
		frames.push((head as {items: ExecutorSettled[]}).items.map(({index}) => index));
	const outbox = createOutbox({send, close() {}});
	const add = (count: number, bytes = 2) => {
		for (let index = 0; index < count; index++) outbox.add(settled(index), Buffer.alloc(bytes), undefined);
	};
	return {outbox, frames, add};
}

test('what ends together is one frame: once it is 64, once it is large, and when it is asked for', t => {
	const [many, large, asked] = [world(), world(), world()];
	many.add(63);
	t.is(many.frames.all.length, 0);
	many.add(1);
	t.deepEqual(
		many.frames.all.map(({length}) => length),
		[64],
	);
	large.add(2, 600 * 1024);
	t.deepEqual(large.frames.all, [[0, 1]]);
	asked.add(3);
	asked.outbox.flush();
	asked.outbox.flush();
	t.deepEqual(asked.frames.all, [[0, 1, 2]]);
});

test('what nobody asks for is told soon all the same, once', async t => {
	const {outbox, frames, add} = world();
	add(2);
	t.deepEqual(await frames.reach(1), [[0, 1]]);
	outbox.flush();
	t.is(frames.all.length, 1);
});
