import test from 'ava';
import type {Happening} from '#contract/status.ts';
import {arrivals} from '../harness/arrivals.ts';
import {must, submission, world} from '../runtime/world.ts';

test('whoever waits for a task hears of its end at once', async t => {
	const {server, worker} = await world(t);
	const node = await server();
	await node.deploy('fib');
	const {runs} = await worker();
	const {task} = await node.submit('fib');
	const waiting = [node.api.await(task, 60_000), node.api.await(task, 60_000)];
	(await runs.reach(1))[0]?.succeed(1);
	for (const answer of await Promise.all(waiting)) t.like(must(answer), {id: task, state: 'succeeded'});
	t.like(must(await node.api.await(task, 60_000)), {state: 'succeeded'}, 'also who comes later');
	t.is(node.home.waiters.size, 0);
});

test('a wait ends with the task as it is when its time is over, or nobody waits any more', async t => {
	const {server, clock, quiet} = await world(t);
	const node = await server();
	await node.deploy('fib');
	const {task} = await node.submit('fib');
	const waiting = node.api.await(task, 5000);
	await quiet();
	clock.advance(5000);
	t.like(must(await waiting), {state: 'queued'});
	const leaves = new AbortController();
	const left = node.api.await(task, 60_000, leaves.signal);
	await quiet();
	leaves.abort();
	t.like(must(await left), {state: 'queued'});
	t.like(must(await node.api.await(task, 60_000, leaves.signal)), {state: 'queued'});
	t.is(node.home.waiters.size, 0);
	t.like(await node.api.await('nobody', 60_000), {failure: {code: 'TASK_NOT_FOUND'}});
});

test('a result is there once, and only, when a task has succeeded', async t => {
	const {server, worker, quiet} = await world(t);
	const node = await server();
	await node.deploy('fib');
	const {runs} = await worker();
	const good = await node.submit('fib');
	t.like(await node.api.result(good.task), {ok: false, failure: {code: 'CONFLICT'}});
	(await runs.reach(1))[0]?.succeed({a: [1, null]});
	const bad = await node.submit('fib');
	(await runs.reach(2))[1]?.fail('TIMEOUT');
	await quiet();
	t.is(must(await node.api.result(good.task)).toString(), '{"a":[1,null]}');
	t.like(await node.api.result(bad.task), {ok: false, failure: {code: 'TIMEOUT'}});
	t.like(await node.api.result('nobody'), {ok: false, failure: {code: 'TASK_NOT_FOUND'}});
});

test('a task runs once a heartbeat has said so, and is listed among the running', async t => {
	const {server, worker, quiet, clock} = await world(t);
	const node = await server();
	await node.deploy('fib');
	const {runs} = await worker({slots: 1});
	const tasks = (await node.api.submit([1, 2, 3].map(n => submission('fib', n)))).map(
		answer => must(answer).task,
	);
	await runs.reach(1);
	const listed = async (state: 'running' | 'queued') => must(await node.api.list({state})).map(({id}) => id);
	t.deepEqual(await listed('running'), []);
	clock.advance(1000);
	await quiet();
	t.deepEqual(await listed('running'), [tasks[0]]);
	t.deepEqual(await listed('queued'), [tasks[2], tasks[1]]);
	t.like(await node.api.status(), {ledger: {accepted: 3, waiting: 2, running: 1}, workers: 1});
	clock.advance(60_000);
	await quiet();
	t.like(await node.api.status(), {ledger: {running: 1}});
});

test('what a lost worker was running is shown as waiting', async t => {
	const {server, worker, quiet, clock} = await world(t);
	const node = await server();
	await node.deploy('fib');
	const hand = await worker();
	const {task} = await node.submit('fib');
	await hand.runs.reach(1);
	clock.advance(1000);
	await quiet();
	t.is(must(await node.api.inspect(task)).state, 'running');
	hand.crash();
	for (let s = 0; s < 4; s++) {
		clock.advance(1000);
		await quiet();
	}
	t.like(must(await node.api.inspect(task)), {
		state: 'queued',
		waitingFor: 'a worker: none is alive in pool default',
	});
	t.like(node.api.workers(), [{state: 'lost'}]);
	clock.advance(60_000);
	t.deepEqual(node.api.workers(), []);
	const {values} = await node.ambient.metrics.workers.get();
	t.deepEqual(values, [], 'nor is it counted');
});

test('every end is in the ledger', async t => {
	const {server, worker, quiet, clock} = await world(t);
	const node = await server({window: 3});
	await node.deploy('fib');
	const {runs} = await worker({slots: 2});
	for (let n = 0; n < 6; n++) await node.submit('fib', n, n === 5 ? {options: {expiresInMs: 1000}} : {});
	const [first, second] = await runs.reach(2);
	first?.succeed();
	second?.fail('FUNCTION_THREW');
	await runs.reach(4);
	must(await node.api.cancel(runs.all[2]?.task ?? ''));
	clock.advance(1000);
	await quiet();
	const {ledger} = await node.api.status();
	const {accepted, succeeded, dead, cancelled, expired, waiting, running} = ledger;
	t.like(ledger, {accepted: 6, succeeded: 1, dead: 1, cancelled: 1});
	t.is(accepted, succeeded + dead + cancelled + expired + waiting + running);
});

test('tasks and dead letters are listed newest first, page by page', async t => {
	const {server, worker, quiet} = await world(t);
	const node = await server();
	await node.deploy('fib');
	await node.deploy('other');
	await worker({act: run => run.fail('FUNCTION_THREW')});
	for (let n = 0; n < 5; n++) await node.submit('fib', n, {asynchronous: n !== 2});
	await node.submit('other');
	await quiet();
	const all = must(await node.api.list({function: 'fib'}));
	t.deepEqual(
		all.map(({id}) => id),
		all
			.map(({id}) => id)
			.sort()
			.reverse(),
	);
	const first = must(await node.api.list({function: 'fib', limit: 2}));
	const rest = must(await node.api.list({function: 'fib', before: first[1]?.id ?? ''}));
	t.deepEqual([...first, ...rest], all);
	t.is(must(await node.api.deadLetters({})).length, 5);
	t.is(must(await node.api.deadLetters({all: true})).length, 6);
	t.is(must(await node.api.deadLetters({function: 'other'})).length, 1);
});

test('the feed tells every state in order, after its commit', async t => {
	const {server, worker, quiet, clock} = await world(t);
	const node = await server();
	const heard = arrivals<Happening>('the happenings');
	node.feed.listen(one => heard.push(one));
	await node.deploy('fib', {maxAttempts: 2});
	const {runs} = await worker({id: 'w1'});
	const {task} = await node.submit('fib');
	(await runs.reach(1))[0]?.fail('TIMEOUT');
	await quiet();
	clock.advance(1000);
	(await runs.reach(2))[1]?.succeed();
	await quiet();
	const told = (actor: string) =>
		heard.all
			.filter(one => one.actor === actor)
			.map(({group, state, code}) => `${group} ${state} ${code ?? ''}`.trim());
	t.deepEqual(told('task'), [
		'fib accepted',
		'fib queued',
		'fib running',
		'fib retrying TIMEOUT',
		'fib queued',
		'fib running',
		'fib succeeded',
	]);
	t.deepEqual(told('function'), ['fib active']);
	t.deepEqual(told('worker'), ['default idle']);
	t.true(heard.all.filter(one => one.actor === 'task').every(({id}) => id === task));
});
