import test from 'ava';
import {fail} from '#actors/failure.ts';
import {puppet} from './puppet.ts';

test('a list runs in its order in one slot, and each outcome says where and how long', async t => {
	const {dispatch, outcomes, worker, clock, quiet} = await puppet(t);
	const {runs, executors} = await worker({id: 'w1', slots: 2});
	const items = ['t1', 't2', 't3'].map((task, n) => ({task, attempt: n + 1, input: {n}, wallMs: 100 + n}));
	await dispatch(items);
	const began = clock.now();
	for (const [at, {task, attempt, input, wallMs}] of items.entries()) {
		const run = (await runs.reach(at + 1))[at];
		t.like(run, {task, attempt, input, item: {wallMs}});
		t.is(executors.inside, 1);
		clock.advance(10);
		run?.succeed({at});
	}
	const said = await outcomes.reach(3);
	t.deepEqual(
		said.map(({result}) => result),
		[{at: 0}, {at: 1}, {at: 2}],
	);
	t.like(said[1], {
		startedAt: began + 10,
		endedAt: began + 20,
		usage: {worker: 'w1', executor: 'e1', runMs: 1},
	});
	await quiet();
	t.is(new Set(said.map(({id}) => id)).size, 3);
});

test('what ends in one turn of the event loop travels as one message', async t => {
	const {dispatch, outcomes, worker} = await puppet(t);
	const {sent} = await worker({act: run => run.succeed()});
	await dispatch(['t1', 't2', 't3', 't4'].map(task => ({task})));
	await outcomes.reach(4);
	t.is(sent.all.filter(({properties}) => properties?.type === 'warren.outcomes').length, 1);
});

test('a failure goes home as it is', async t => {
	const {dispatch, outcomes, worker} = await puppet(t);
	const failure = fail('FUNCTION_THREW', 'no', {name: 'RangeError', stack: 'at x', details: {code: 7}});
	await worker({act: run => run.fail(failure)});
	await dispatch([{task: 't1'}]);
	const [said] = await outcomes.reach(1);
	t.deepEqual(said?.failure, failure);
	t.is(said?.result, undefined);
});

test('an outcome whose confirm is lost is published again under the same id, and only then acked', async t => {
	const {dispatch, outcomes, worker, clock, quiet, waiting} = await puppet(t);
	const hand = await worker();
	let lost = 0;
	hand.mishaps.broker = ({properties}) =>
		properties?.type === 'warren.outcomes' && lost++ === 0 ? 'answer lost' : undefined;
	await dispatch([{task: 't1'}]);
	(await hand.runs.reach(1))[0]?.succeed(1);
	await outcomes.reach(1);
	clock.advance(500);
	const [first, second] = await outcomes.reach(2);
	t.deepEqual(second, first);
	await quiet();
	hand.crash();
	t.is(await waiting(), 0);
});

test('a work message is not acked before the broker has its outcomes', async t => {
	const {dispatch, worker, quiet, waiting, clock} = await puppet(t);
	const hand = await worker();
	hand.mishaps.broker = ({properties}) => (properties?.type === 'warren.outcomes' ? 'refused' : undefined);
	await dispatch([{task: 't1'}]);
	(await hand.runs.reach(1))[0]?.succeed(1);
	clock.advance(5000);
	await quiet();
	hand.crash();
	t.is(await waiting(), 1);
});

test('outcomes for a home whose inbox is gone go to the queue of all servers', async t => {
	const {dispatch, outcomes, worker, line, names, quiet} = await puppet(t);
	const {runs} = await worker();
	await dispatch([{task: 't1'}]);
	const [run] = await runs.reach(1);
	await line.remove(names.node('n1'));
	await quiet();
	run?.succeed(1);
	t.like(await outcomes.reach(1), [{task: 't1', queue: 'warren.outcomes'}]);
});

test('code is asked for once, by digest, and kept', async t => {
	const {dispatch, outcomes, worker, questions, build} = await puppet(t);
	const {runs} = await worker({act: run => run.succeed()});
	await dispatch([{task: 't1'}]);
	await dispatch([{task: 't2'}]);
	await outcomes.reach(2);
	await dispatch([{task: 't3'}]);
	await outcomes.reach(3);
	t.deepEqual(
		questions.all.filter(asked => asked !== 'stops'),
		[build.digest],
	);
	t.deepEqual(runs.all[0]?.build, build);
});

test('code that no server has fails the attempt by its name, and is asked for again next time', async t => {
	const {dispatch, outcomes, worker, answers, build} = await puppet(t);
	await worker({act: run => run.succeed()});
	answers.code.clear();
	await dispatch([{task: 't1'}]);
	const [said] = await outcomes.reach(1);
	t.like(said?.failure, {code: 'FUNCTION_NOT_FOUND'});
	t.true(said?.failure?.message.includes(build.digest));
	answers.code.set(build.digest, build);
	await dispatch([{task: 't2'}]);
	t.like((await outcomes.reach(2))[1], {task: 't2', failure: null});
});

test('while no server answers with the code the attempt waits, and the question is asked again', async t => {
	const {dispatch, outcomes, worker, answers, clock, questions, build} = await puppet(t);
	await worker({act: run => run.succeed()});
	answers.silent = true;
	await dispatch([{task: 't1'}]);
	await questions.find(asked => asked === build.digest);
	answers.silent = false;
	clock.advance(3000);
	await outcomes.reach(1);
	t.is(questions.all.filter(asked => asked === build.digest).length, 2);
});

test('code that is not what its name says is never run', async t => {
	const {dispatch, worker, answers, build, outcomes} = await puppet(t);
	const {runs} = await worker();
	answers.code.set(build.digest, {...build, code: Buffer.from('export default () => process.exit()')});
	await dispatch([{task: 't1'}]);
	const [said] = await outcomes.reach(1);
	t.like(said?.failure, {code: 'INTERNAL', message: `The code that came is not ${build.digest}`});
	t.deepEqual(runs.all, []);
});

test('a work message that can not be read goes back to the servers', async t => {
	const {line, names, worker, returned, quiet, dispatch, outcomes} = await puppet(t);
	await worker({act: run => run.succeed()});
	for (const body of ['', '9\n{"sizes":', 'x'.repeat(100)]) {
		await line.publish({exchange: '', key: names.work('default', 'normal'), body: Buffer.from(body)});
	}
	await dispatch([{task: 't1'}]);
	await outcomes.reach(1);
	await quiet();
	t.is(await returned(), 3);
});
