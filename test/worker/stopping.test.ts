import test from 'ava';
import {puppet} from './puppet.ts';

test('a running attempt is stopped when it is told so', async t => {
	const {dispatch, order, outcomes, worker} = await puppet(t);
	const {runs} = await worker();
	await dispatch([{task: 't1', attempt: 2}]);
	await runs.reach(1);
	await order({type: 'stop', stops: [{task: 't1', attempt: 2}]});
	t.like(await outcomes.reach(1), [{task: 't1', attempt: 2, failure: {code: 'CANCELLED'}}]);
});

test('an attempt that was stopped before it came is never started, nor is an older one', async t => {
	const {dispatch, order, outcomes, worker, quiet, waiting} = await puppet(t);
	const hand = await worker();
	await order({type: 'stop', stops: [{task: 't1', attempt: 2}]});
	await quiet();
	await dispatch([{task: 't1', attempt: 1}]);
	await dispatch([{task: 't1', attempt: 2}, {task: 't2'}]);
	await dispatch([{task: 't1', attempt: 3}]);
	t.like(await hand.runs.reach(2), [{task: 't2'}, {task: 't1', attempt: 3}]);
	const said = await outcomes.reach(2);
	t.deepEqual(
		said.map(({task, attempt, failure}) => `${task}#${attempt} ${failure?.code}`),
		['t1#1 CANCELLED', 't1#2 CANCELLED'],
	);
	for (const run of hand.runs.all) run.succeed();
	await quiet();
	hand.crash();
	t.is(await waiting(), 0);
});

test('an attempt that is stopped while its code is on its way is never started', async t => {
	const {dispatch, order, outcomes, worker, answers, questions, build, clock, quiet} = await puppet(t);
	const hand = await worker();
	answers.silent = true;
	await dispatch([{task: 't1'}]);
	await dispatch([{task: 't2'}, {task: 't3'}]);
	await questions.find(asked => asked === build.digest);
	await order({
		type: 'stop',
		stops: [
			{task: 't1', attempt: 1},
			{task: 't3', attempt: 1},
		],
	});
	await quiet();
	t.deepEqual(outcomes.all, [], 'their code is not here yet');
	answers.silent = false;
	clock.advance(3000);
	const said = await outcomes.reach(2);
	t.deepEqual(said.map(({task, failure}) => `${task} ${failure?.code}`).sort(), [
		't1 CANCELLED',
		't3 CANCELLED',
	]);
	await hand.runs.reach(1);
	await quiet();
	t.like(hand.runs.all, [{task: 't2'}]);
	hand.runs.all[0]?.succeed();
	t.like((await outcomes.reach(3))[2], {task: 't2', failure: null});
});

test('a worker that starts, or was cut off, asks for the attempts that must not start', async t => {
	const {dispatch, outcomes, worker, answers, questions, quiet} = await puppet(t);
	answers.stops = [{task: 't1', attempt: 1}];
	const hand = await worker();
	await quiet();
	await dispatch([{task: 't1'}]);
	t.like(await outcomes.reach(1), [{task: 't1', failure: {code: 'CANCELLED'}}]);
	answers.stops = [{task: 't2', attempt: 1}];
	hand.blink();
	await quiet();
	t.deepEqual(questions.all, ['stops', 'stops']);
	await dispatch([{task: 't2'}]);
	t.like((await outcomes.reach(2))[1], {task: 't2', failure: {code: 'CANCELLED'}});
	t.deepEqual(hand.runs.all, []);
});

test('a worker that drains finishes what it runs and gives back what it has not started', async t => {
	const {dispatch, outcomes, worker, quiet, waiting, claims, beats, clock} = await puppet(t);
	const hand = await worker({slots: 1});
	await dispatch([{task: 't1'}]);
	await dispatch([{task: 't2'}]);
	const [run] = await hand.runs.reach(1);
	const drained = hand.worker.drain();
	await quiet();
	t.is(await waiting(), 1);
	clock.advance(1000);
	t.is((await beats.find(({state}) => state === 'draining')).held.length, 1);
	const other = await worker();
	t.like(await claims.reach(1), [{task: 't2', redelivered: true}]);
	run?.succeed(1);
	await drained;
	await hand.worker.drained;
	t.like(await outcomes.reach(1), [{task: 't1', failure: null}]);
	await beats.find(({state, worker: id}) => state === 'stopped' && id === hand.worker.id);
	other.crash();
	t.is(await waiting(), 1, 'only what was given back is left');
});

test('a worker drains by an order over the broker', async t => {
	const {order, worker, dispatch, outcomes, waiting} = await puppet(t);
	const {worker: w, runs} = await worker();
	await dispatch([{task: 't1'}]);
	const [run] = await runs.reach(1);
	await order({type: 'drain'}, w.id);
	run?.succeed();
	await w.drained;
	await outcomes.reach(1);
	await dispatch([{task: 't2'}]);
	t.is(await waiting(), 1);
});

test('a drain gives back what waits for a grant, for its turn to run alone, or for its code', async t => {
	const {dispatch, claims, grant, worker, quiet, waiting, answers, questions, outcomes} = await puppet(t);
	const hand = await worker({slots: 4});
	await dispatch([{task: 'runs'}]);
	const [run] = await hand.runs.reach(1);
	answers.silent = true;
	await dispatch([{task: 'code', version: 'f'.repeat(64)}]);
	await questions.find(asked => asked.startsWith('f'));
	await dispatch([{task: 'claim', again: true}]);
	await dispatch([{task: 'alone', again: true}]);
	await grant((await claims.reach(2))[1], 'alone');
	await quiet();
	const drained = hand.worker.drain();
	await quiet();
	t.is(await waiting(), 3);
	run?.succeed();
	await drained;
	t.is(await waiting(), 3);
	t.deepEqual(
		outcomes.all.map(({task}) => task),
		['runs'],
	);
});

test('a worker that is stopped gives back all it holds, whatever it waits for', async t => {
	const {dispatch, worker, quiet, waiting, outcomes, beats} = await puppet(t);
	const hand = await worker({slots: 2});
	await dispatch([{task: 't1'}]);
	await dispatch([{task: 't2'}]);
	const [, second] = await hand.runs.reach(2);
	hand.mishaps.broker = ({properties}) => (properties?.type === 'warren.outcomes' ? 'refused' : undefined);
	second?.succeed();
	await quiet();
	const drained = hand.worker.drain();
	await quiet();
	await hand.worker.stop();
	t.is(await waiting(), 2);
	await drained;
	t.deepEqual(outcomes.all, []);
	await beats.find(({state}) => state === 'stopped');
});

test('every heartbeat says what is in hand, and what runs since when', async t => {
	const {dispatch, worker, beats, clock, quiet} = await puppet(t);
	const hand = await worker({id: 'w7', slots: 1});
	const [idle] = await beats.reach(1);
	t.like(idle, {worker: 'w7', pool: 'default', state: 'idle', slots: 1, held: [], executors: 1});
	await dispatch([{task: 't1'}, {task: 't2', attempt: 3}]);
	await hand.runs.reach(1);
	const began = clock.now();
	clock.advance(1000);
	const [, busy] = await beats.reach(2);
	t.like(busy, {state: 'busy', at: began + 1000});
	t.deepEqual(busy?.held, [
		{task: 't1', attempt: 1, function: 'fib', startedAt: began},
		{task: 't2', attempt: 3, function: 'fib', startedAt: null},
	]);
	hand.runs.all[0]?.succeed();
	const [, last] = await hand.runs.reach(2);
	await quiet();
	const next = clock.now();
	clock.advance(1000);
	const [, , rest] = await beats.reach(3);
	t.deepEqual(
		rest?.held,
		[{task: 't2', attempt: 3, function: 'fib', startedAt: next}],
		'what is over is not, though its message is still in hand',
	);
	last?.succeed();
	await quiet();
	clock.advance(1000);
	t.like((await beats.reach(4))[3], {state: 'idle', held: []});
});
