// What is sent to one worker and to no other.
import test from 'ava';
import {puppet} from './puppet.ts';

test('what comes to its mailbox a worker claims and runs like any other work', async t => {
	const {dispatch, claims, grant, outcomes, worker, names, quiet, line} = await puppet(t);
	await worker({id: 'w1', act: run => run.succeed(run.input)});
	await dispatch([{task: 't1', again: true, input: 7}], 'copy', names.worker('w1'));
	const [claim] = await claims.reach(1);
	t.like(claim, {task: 't1', attempt: 1, copy: 'copy', redelivered: false, alone: false});
	await grant(claim, 'yes');
	t.like(await outcomes.reach(1), [{task: 't1', result: 7, queue: 'warren.node.n1'}]);
	await quiet();
	t.is(await line.depth(names.returned), 0);
});

test('it is in hand and is named at once, and waits for a slot behind what came before', async t => {
	const {dispatch, claims, grant, beats, worker, names, clock} = await puppet(t);
	const hand = await worker({id: 'w1', slots: 1});
	await dispatch([{task: 'first'}]);
	const [first] = await hand.runs.reach(1);
	for (const task of ['t1', 't2', 't3', 't4'])
		await dispatch([{task, again: true}], task, names.worker('w1'));
	for (const claim of await claims.reach(4)) await grant(claim, 'yes');
	clock.advance(1000);
	const beat = await beats.find(({held}) => held.length === 5);
	t.deepEqual(
		beat.held.map(({task, startedAt}) => [task, startedAt === null]),
		[['first', false], ...['t1', 't2', 't3', 't4'].map(task => [task, true])],
	);
	first?.succeed();
	t.is((await hand.runs.reach(2))[1]?.task, 't1');
});

test('a worker that drains hands what it has not started to its pool, and what comes later too', async t => {
	const {dispatch, claims, grant, waiting, worker, names, quiet, line} = await puppet(t);
	const hand = await worker({id: 'w1', slots: 1});
	await dispatch([{task: 't1', again: true}], 'a', names.worker('w1'));
	await dispatch([{task: 't2', again: true}], 'b', names.worker('w1'));
	for (const claim of await claims.reach(2)) await grant(claim, 'yes');
	const [run] = await hand.runs.reach(1);
	const drained = hand.worker.drain();
	await quiet();
	t.is(await waiting(), 1, 'what waited for the slot');
	await dispatch([{task: 't3', again: true}], 'c', names.worker('w1'));
	await quiet();
	t.is(await waiting(), 2, 'what was sent to it meanwhile');
	run?.succeed();
	await drained;
	const other = await worker({id: 'w2'});
	const asked = (await claims.reach(4)).slice(2);
	t.deepEqual(new Set(asked.map(({task, copy}) => `${task} ${copy}`)), new Set(['t2 b', 't3 c']));
	t.deepEqual(other.runs.all, []);
	t.is(await line.depth(names.returned), 0);
});

test('what needs tags is handed to those that have them', async t => {
	const {dispatch, worker, names, quiet, line} = await puppet(t);
	const hand = await worker({id: 'w1', slots: 1, tags: ['gpu', 'eu']});
	await dispatch([{task: 't1'}]);
	await hand.runs.reach(1);
	const drained = hand.worker.drain();
	const more = {class: 'low', pool: 'default+gpu'} as const;
	await dispatch([{task: 't2', again: true}], 'a', names.worker('w1'), more);
	await quiet();
	t.is(await line.depth(names.work('default+gpu', 'low')), 1);
	(await hand.runs.reach(1))[0]?.succeed();
	await drained;
});

test('a worker that is killed leaves no mailbox', async t => {
	const {worker, names, line, quiet} = await puppet(t);
	const hand = await worker({id: 'w1'});
	await quiet();
	hand.crash();
	const message = {exchange: '', key: names.worker('w1'), body: Buffer.from('')};
	t.is(await line.publish(message), 'unroutable');
});
