import test from 'ava';
import {puppet} from './puppet.ts';

test('what comes for the first time is run without a question', async t => {
	const {dispatch, claims, outcomes, quiet, worker} = await puppet(t);
	await worker({act: run => run.succeed(run.input)});
	await dispatch([{task: 't1', input: 7}]);
	t.like(await outcomes.reach(1), [
		{task: 't1', attempt: 1, result: 7, failure: null, queue: 'warren.node.n1'},
	]);
	await quiet();
	t.deepEqual(claims.all, []);
});

test('what is redelivered is claimed, and what is denied is not run', async t => {
	const {dispatch, claims, grant, outcomes, quiet, worker, waiting} = await puppet(t);
	const first = await worker();
	await dispatch([{task: 't1'}], 'copy');
	await first.runs.reach(1);
	first.crash();
	const second = await worker();
	const [claim] = await claims.reach(1);
	t.like(claim, {task: 't1', attempt: 1, copy: 'copy', redelivered: true, alone: false});
	await quiet();
	t.deepEqual(second.runs.all, [], 'nothing runs unclaimed');
	await grant(claim, 'no');
	await quiet();
	t.deepEqual(second.runs.all, []);
	t.deepEqual(outcomes.all, []);
	second.crash();
	await quiet();
	t.is(await waiting(), 0, 'it was acked');
});

test('what may have been published before is claimed though it is not redelivered', async t => {
	const {dispatch, claims, grant, quiet, worker} = await puppet(t);
	const {runs} = await worker();
	await dispatch([{task: 't1', again: true}]);
	const [claim] = await claims.reach(1);
	t.like(claim, {redelivered: false, alone: false});
	t.deepEqual(runs.all, []);
	await grant(claim, 'yes');
	await runs.reach(1);
	await quiet();
	t.is(claims.all.length, 1);
});

test('of a list only what may have run before is claimed, each by itself', async t => {
	const {dispatch, claims, grant, quiet, worker, waiting} = await puppet(t);
	const hand = await worker({act: run => run.succeed()});
	await dispatch([{task: 't1'}, {task: 't2', again: true}, {task: 't3', again: true}]);
	const asked = await claims.reach(2);
	t.deepEqual(
		asked.map(({task}) => task),
		['t2', 't3'],
	);
	await grant(asked[1], 'yes');
	await quiet();
	t.deepEqual(
		hand.runs.all.map(({task}) => task),
		['t1', 't3'],
	);
	hand.crash();
	await quiet();
	t.is(await waiting(), 1, 'the message is not acked before each of its attempts is over');
});

test('two copies of an attempt in one worker have a claim each, and each its own answer', async t => {
	const {dispatch, claims, grant, quiet, worker, waiting} = await puppet(t);
	const hand = await worker();
	await dispatch([{task: 't1', again: true}], 'a');
	await dispatch([{task: 't1', again: true}], 'b');
	const [first, second] = await claims.reach(2);
	t.not(first?.id, second?.id);
	await grant(second, 'no');
	await quiet();
	t.deepEqual(hand.runs.all, []);
	await grant(first, 'yes');
	const [run] = await hand.runs.reach(1);
	run?.succeed();
	await quiet();
	hand.crash();
	t.is(await waiting(), 0);
	t.is(hand.runs.all.length, 1);
});

test('a claim without an answer is asked again, of any server, and an old answer counts no more', async t => {
	const {dispatch, claims, grant, clock, quiet, worker, waiting} = await puppet(t);
	const hand = await worker({slots: 1});
	await dispatch([{task: 't1', again: true}]);
	const [first] = await claims.reach(1);
	t.is(first?.queue, 'warren.node.n1');
	await dispatch([{task: 't2'}]);
	await hand.runs.find(({task}) => task === 't2');
	clock.advance(2000);
	const [, second] = await claims.reach(2);
	t.like(second, {task: 't1', copy: first?.copy, queue: 'warren.outcomes'});
	t.not(second?.id, first?.id);
	await grant(first, 'yes');
	await quiet();
	t.is(hand.runs.all.length, 1, 'a claim without an answer takes no slot from others');
	clock.advance(2000);
	const [, , third] = await claims.reach(3);
	hand.runs.all[0]?.succeed();
	await grant(third, 'yes');
	(await hand.runs.reach(2))[1]?.succeed();
	await quiet();
	hand.crash();
	t.is(await waiting(), 0);
});

test('a home whose inbox is gone is asked for at the queue of all servers', async t => {
	const {dispatch, claims, line, names, worker, quiet} = await puppet(t);
	await worker();
	await line.remove(names.node('n1'));
	await quiet();
	await dispatch([{task: 't1', again: true}]);
	t.like(await claims.reach(1), [{queue: 'warren.outcomes', task: 't1'}]);
});

test('a question that the broker has not taken yet is not asked a second time', async t => {
	const {dispatch, claims, grant, clock, quiet, worker} = await puppet(t);
	const hand = await worker();
	const blocked = Promise.withResolvers<void>();
	hand.mishaps.broker = ({properties}) => (properties?.type === 'warren.claim' ? blocked.promise : undefined);
	await dispatch([{task: 't1', again: true}]);
	await quiet();
	clock.advance(60_000);
	await quiet();
	hand.mishaps.broker = () => undefined;
	blocked.resolve();
	await quiet();
	t.is(claims.all.length, 1);
	await grant(claims.all[0], 'yes');
	await hand.runs.reach(1);
});

test('a question that was lost with the connection is asked again', async t => {
	const {dispatch, claims, clock, quiet, worker} = await puppet(t);
	const hand = await worker();
	hand.mishaps.broker = ({properties}) => (properties?.type === 'warren.claim' ? 'refused' : undefined);
	await dispatch([{task: 't1', again: true}]);
	await quiet();
	hand.mishaps.broker = () => undefined;
	t.deepEqual(claims.all, []);
	clock.advance(2000);
	t.like(await claims.reach(1), [{task: 't1', queue: 'warren.outcomes'}]);
});

test('whoever must run alone waits until nothing runs, and nothing starts beside it', async t => {
	const {dispatch, claims, grant, quiet, worker, outcomes} = await puppet(t);
	const {runs, executors, mishaps} = await worker({slots: 3});
	await dispatch([{task: 'busy'}]);
	const [busy] = await runs.reach(1);
	await dispatch([{task: 'lone', again: true}], 'copy');
	await grant((await claims.reach(1))[0], 'alone');
	await dispatch([{task: 'next'}]);
	await quiet();
	t.is(claims.all.length, 1, 'it is not alone yet');
	t.deepEqual(
		runs.all.map(({task}) => task),
		['busy'],
		'what comes later waits behind it',
	);
	busy?.succeed();
	const [, asked] = await claims.reach(2);
	t.like(asked, {task: 'lone', copy: 'copy', alone: true});
	await quiet();
	t.is(executors.inside, 0);
	await grant(asked, 'solo');
	const [, lone] = await runs.reach(2);
	t.is(lone?.task, 'lone');
	await quiet();
	t.is(executors.inside, 1);
	mishaps.broker = () => 'answer lost';
	lone?.succeed();
	await quiet();
	t.is(runs.all.length, 2, 'the lock lasts until the outcome is confirmed');
	t.like(
		outcomes.all.map(({task}) => task),
		['busy', 'lone'],
	);
});

test('an attempt that is denied when it is alone leaves the worker to the others', async t => {
	const {dispatch, claims, grant, worker, quiet, waiting} = await puppet(t);
	const hand = await worker({slots: 2});
	await dispatch([{task: 'lone', again: true}]);
	await grant((await claims.reach(1))[0], 'alone');
	await grant((await claims.reach(2))[1], 'no');
	await dispatch([{task: 'next'}]);
	const [next] = await hand.runs.reach(1);
	t.is(next?.task, 'next');
	next?.succeed();
	await quiet();
	hand.crash();
	t.is(await waiting(), 0);
});
