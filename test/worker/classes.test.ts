// What a worker does with work of several classes.
import test from 'ava';
import type {Class} from '#actors/lane.ts';
import {puppet} from './puppet.ts';

const list = (name: string, count: number) => Array.from({length: count}, (_, n) => `${name}${n}`);

test('what is high starts before the low that waits in the worker, and behind no more than runs', async t => {
	const {dispatch, worker, names, quiet} = await puppet(t);
	const hand = await worker({slots: 2});
	const queue = (priority: Class) => names.work('default', priority);
	for (const task of list('low', 30)) await dispatch([{task}], task, queue('low'));
	await hand.runs.reach(2);
	for (const task of list('high', 8)) await dispatch([{task}], task, queue('high'));
	await quiet();
	for (let n = 0; n < 38; n++) (await hand.runs.reach(n + 1))[n]?.succeed();
	const order = hand.runs.all.map(({task}) => task);
	t.deepEqual(order.slice(2, 10), list('high', 8));
	t.is(new Set(order).size, 38);
});

test('low goes on while high never ends', async t => {
	const {dispatch, worker, names, quiet} = await puppet(t);
	const hand = await worker({slots: 1});
	const send = (task: string, priority: Class) => dispatch([{task}], task, names.work('default', priority));
	for (const task of list('high', 10)) await send(task, 'high');
	for (const task of list('low', 3)) await send(task, 'low');
	for (let n = 0; n < 60; n++) {
		(await hand.runs.reach(n + 1))[n]?.succeed();
		await send(`more${n}`, 'high');
		await quiet();
	}
	t.is(hand.runs.all.slice(0, 60).filter(({task}) => task.startsWith('low')).length, 3);
});

test('of a class a worker takes no more than it runs and as many again', async t => {
	const {dispatch, worker, names, quiet, line} = await puppet(t);
	await worker({slots: 2});
	for (const task of list('low', 10)) await dispatch([{task}], task, names.work('default', 'low'));
	await quiet();
	t.is(await line.depth(names.work('default', 'low')), 6);
});

test('what a mailbox hands back goes to the queue of its class', async t => {
	const {dispatch, worker, names, claims, grant, quiet, line} = await puppet(t);
	const hand = await worker({id: 'w1', slots: 1});
	const low = {class: 'low'} as const;
	await dispatch([{task: 't1', again: true}], 'a', names.worker('w1'), low);
	await dispatch([{task: 't2', again: true}], 'b', names.worker('w1'), low);
	for (const claim of await claims.reach(2)) await grant(claim, 'yes');
	const [run] = await hand.runs.reach(1);
	const drained = hand.worker.drain();
	await quiet();
	t.is(await line.depth(names.work('default', 'low')), 1);
	t.is(await line.depth(names.work('default', 'normal')), 0);
	run?.succeed();
	await drained;
});
