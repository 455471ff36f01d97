import test from 'ava';
import type {End} from '#runtime/waiters.ts';
import {arrivals} from '../harness/arrivals.ts';
import {must, submission, world} from './world.ts';

const keyed = (input: unknown, key = 'k', fn = 'fib') => submission(fn, input, {options: {key}});

test('the same key with the same input is the task it made then, before and after its end', async t => {
	const {server, worker, quiet} = await world(t);
	const {api, deploy} = await server();
	await deploy('fib');
	const {runs} = await worker();
	const [first] = await api.submit([keyed({n: 1})]);
	const {task} = first?.ok ? first.value : t.fail();
	t.like(first, {value: {existing: false, state: 'queued'}});
	t.deepEqual(await api.submit([keyed({n: 1})]), [
		{ok: true, value: {task, function: 'fib', state: 'queued', existing: true}},
	]);
	(await runs.reach(1))[0]?.succeed(1);
	await quiet();
	t.deepEqual(await api.submit([keyed({n: 1})]), [
		{ok: true, value: {task, function: 'fib', state: 'succeeded', existing: true}},
	]);
	t.is(runs.all.length, 1);
});

test('the same key with another input is refused by name', async t => {
	const {server} = await world(t);
	const {api, deploy} = await server();
	await deploy('fib');
	const [first] = await api.submit([keyed({n: 1})]);
	const [second] = await api.submit([keyed({n: 2})]);
	t.like(second, {ok: false, failure: {code: 'KEY_REUSED', retryable: false}});
	const message = second?.ok === false ? second.failure.message : '';
	t.true(message.includes('`k`') && message.includes(first?.ok ? first.value.task : '?'), message);
});

test('a key belongs to its function', async t => {
	const {server} = await world(t);
	const {api, deploy} = await server();
	await deploy('fib');
	await deploy('other');
	const answers = await api.submit([keyed(1), keyed(2, 'k', 'other')]);
	t.like(answers, [{value: {existing: false}}, {value: {existing: false}}]);
});

test('births with one key, in one batch or at the same time, are one task', async t => {
	const {server, worker, quiet} = await world(t);
	const {api, deploy} = await server();
	await deploy('fib');
	const {runs} = await worker({act: run => run.succeed()});
	const batch = api.submit([keyed(1), keyed(1), keyed(2)]);
	const others = [1, 1, 1].map(input => api.submit([keyed(input)]));
	const [first, second, third] = await batch;
	t.like(first, {ok: true, value: {existing: false}});
	t.like(second, {ok: true, value: {existing: true, task: first?.ok ? first.value.task : ''}});
	t.like(third, {ok: false, failure: {code: 'KEY_REUSED'}});
	for (const [answer] of await Promise.all(others)) t.like(answer, {ok: true, value: {existing: true}});
	await quiet();
	t.is(runs.all.length, 1);
	t.is(must(await api.list({})).length, 1);
});

test('births with one key at two nodes are one task, dispatched by the one that made it', async t => {
	const {server, worker, quiet} = await world(t);
	const a = await server({id: 'a'});
	await a.deploy('fib');
	const b = await server({id: 'b'});
	const {runs} = await worker({act: run => run.succeed()});
	const answers = await Promise.all([a.api.submit([keyed(1)]), b.api.submit([keyed(1)])]);
	const receipts = answers.map(([answer]) => (answer?.ok ? answer.value : undefined));
	t.is(receipts.filter(receipt => receipt?.existing).length, 1);
	t.is(receipts[0]?.task, receipts[1]?.task);
	await quiet();
	t.is(runs.all.length, 1);
});

test('whoever wants to be told of the end is told once, however often the key is used', async t => {
	const {server, worker, quiet} = await world(t);
	const {api, deploy} = await server();
	await deploy('fib');
	const {runs} = await worker();
	const ends = arrivals<End>('the ends');
	const ended = (end: End) => ends.push(end);
	await api.submit([{...keyed(1), ended}]);
	await api.submit([{...keyed(1), ended}]);
	(await runs.reach(1))[0]?.succeed({n: 8});
	await quiet();
	t.is(ends.all.length, 2);
	await api.submit([{...keyed(1), ended}]);
	await quiet();
	t.is(ends.all.length, 3);
	for (const end of ends.all) t.like(end, {state: 'succeeded', attempt: 1, failure: null});
	t.is(ends.all[2]?.result?.toString(), '{"n":8}');
});

test('what can not be taken is refused with what was expected', async t => {
	const {server} = await world(t);
	const {api, deploy} = await server();
	const version = await deploy('fib');
	const answers = await api.submit([
		submission('nobody'),
		submission('fib', 'x'.repeat(70_000)),
		submission('fib', 1, {options: {version: 'f'.repeat(64)}}),
		submission('fib', 1, {options: {version}}),
	]);
	t.like(answers, [
		{failure: {code: 'FUNCTION_NOT_FOUND'}},
		{failure: {code: 'PAYLOAD_TOO_LARGE'}},
		{failure: {code: 'FUNCTION_NOT_FOUND'}},
		{ok: true},
	]);
	t.is(must(await api.list({})).length, 1);
});
