import test from 'ava';
import {checkWork} from '#contract/work.ts';
import {decodeFrame} from '#lib/frame.ts';
import type {OwingQuery} from '#store/query.ts';
import {must, type Server, submission, world} from './world.ts';

const of = ({sent}: Server, type: string) => sent.all.filter(({properties}) => properties?.type === type);
const itemsOf = (node: Server) =>
	of(node, 'warren.work').flatMap(({body}) => {
		const work = checkWork(decodeFrame<unknown>(body).head);
		return work.ok ? work.value.items : [];
	});

test('with a broker that stays, only what came after the mark is done again', async t => {
	const {server, worker, quiet} = await world(t);
	const old = await server({durable: true});
	await old.deploy('fib');
	const {runs} = await worker();
	for (const n of [1, 2, 3]) await old.submit('fib', n);
	const last = await old.submit('fib', 4, {replyTo: 'answers'});
	(await runs.reach(4))[3]?.succeed(4);
	await quiet();
	old.crash();
	const node = await server({durable: true});
	await quiet();
	t.deepEqual(itemsOf(node), [], 'three attempts are in the broker, and their dispatch was confirmed');
	t.deepEqual(
		of(node, 'task.succeeded').map(({properties}) => properties?.headers?.['x-warren-task']),
		[last.task],
	);
	for (const run of runs.all) run.succeed();
	await quiet();
	t.like(await node.api.status(), {ledger: {accepted: 4, succeeded: 4}, inFlight: 0});
	t.is(runs.all.length, 4);
});

for (const durable of [true, false]) {
	test(`what waits in the store or for a retry is not touched at the start, ${durable ? 'with a broker that stays' : 'nor without one'}`, async t => {
		const {server, worker, quiet, loseBroker, rows} = await world(t);
		const old = await server({durable, window: 2});
		await old.deploy('fib', {maxAttempts: 2});
		const {runs} = await worker();
		const ids: string[] = [];
		const submit = async (n: number) => ids.push((await old.submit('fib', n)).task);
		for (const n of [1, 2, 3, 4]) await submit(n);
		// The first is to be tried again, so the third has come into its place in the broker.
		(await runs.reach(2))[0]?.fail('FUNCTION_THREW');
		await runs.reach(3);
		await quiet();
		// Its commit says that all before it is done, and is itself after the mark.
		await submit(5);
		await quiet();
		if (durable) old.crash();
		else loseBroker();
		const before = await rows();
		const node = await server({durable, window: 2, started: false});
		const placed = ids.slice(1, 3);
		const asked: string[] = [];
		const queries: OwingQuery[] = [];
		node.mishaps.store = (verb, given) => {
			if (verb === 'load' || verb === 'inputs') asked.push(...(given[0] as string[]));
			if (verb === 'backlog' || verb === 'commit') asked.push(verb);
			if (verb === 'owing') queries.push(given[0] as OwingQuery);
			return undefined;
		};
		await node.start();
		await quiet();

		const [query, ...more] = queries;
		if (!query) throw new Error('Expected the start to ask what is owed');
		t.deepEqual(more, []);
		t.deepEqual(
			(await node.store.owing(query)).map(({id}) => id),
			placed,
		);
		t.deepEqual([...asked].sort(), durable ? [] : placed, 'only what was placed is asked for');
		t.deepEqual(await rows(), before);
		t.like(await node.api.status(), {backlog: 2, inFlight: 2});
		t.deepEqual([...node.home.inFlight.list()].map(({task}) => task).sort(), placed);
	});
}

test('a home that starts reads page after page of what was placed, among what waits', async t => {
	const {server, worker, quiet, loseBroker} = await world(t);
	const placed = 1100;
	const old = await server({window: placed});
	await old.deploy('fib');
	const all = Array.from({length: placed + 50}, (_, n) => submission('fib', n));
	for (const answer of await old.api.submit(all)) must(answer);
	await quiet();
	loseBroker();
	const node = await server({window: placed});
	await quiet();
	t.is(new Set(itemsOf(node).map(({task}) => task)).size, placed);
	t.like(await node.api.status(), {backlog: 50, inFlight: placed});
	await worker({act: run => run.succeed()});
	await quiet();
	t.like(await node.api.status(), {ledger: {accepted: placed + 50, succeeded: placed + 50}, inFlight: 0});
});

test('after a clean stop nothing is done again', async t => {
	const {server, worker, quiet, record} = await world(t);
	const old = await server({durable: true});
	await old.deploy('fib', {}, 'export default () => {};');
	const {runs} = await worker();
	const dead = await old.submit('fib', 1, {replyTo: 'answers'});
	await old.submit('fib', 2, {replyTo: 'answers'});
	(await runs.reach(2))[0]?.fail('FUNCTION_THREW');
	await quiet();
	await old.stop();
	const before = record.sent.length;
	const node = await server({durable: true});
	await quiet();
	t.is(record.sent.length, before);
	t.like(must(await node.api.inspect(dead.task)), {state: 'dead'});
	runs.all[1]?.succeed();
	await quiet();
	t.like(await node.api.status(), {ledger: {accepted: 2, succeeded: 1, dead: 1}});
});

test('with a broker that died too, all that was in it is placed again, marked, alone, and claimed', async t => {
	const {server, worker, quiet, loseBroker} = await world(t);
	const old = await server();
	await old.deploy('fib');
	for (const n of [1, 2, 3]) await old.submit('fib', n);
	await quiet();
	loseBroker();
	const node = await server();
	const {runs, sent} = await worker();
	const all = await runs.reach(3);
	t.deepEqual(
		itemsOf(node).map(({again}) => again),
		[true, true, true],
	);
	t.is(of(node, 'warren.work').length, 3);
	t.is(sent.all.filter(({properties}) => properties?.type === 'warren.claim').length, 3);
	for (const run of all) run.succeed();
	await quiet();
	t.like(await node.api.status(), {ledger: {accepted: 3, succeeded: 3}, inFlight: 0});
});

test('timers go on after a restart, also those that came due meanwhile', async t => {
	const {server, worker, quiet, loseBroker, clock} = await world(t);
	const old = await server();
	await old.deploy('fib', {maxAttempts: 2, backoff: {baseMs: 1000, factor: 1, maxMs: 1000}});
	const first = await worker();
	const {task} = await old.submit('fib', 1);
	(await first.runs.reach(1))[0]?.fail('FUNCTION_THREW');
	const expiring = await old.submit('fib', 2, {options: {deadline: clock.now() + 10_000}});
	await quiet();
	loseBroker();
	clock.advance(5000);
	const node = await server();
	const {runs} = await worker();
	clock.advance(1);
	t.like(await runs.find(run => run.task === task), {attempt: 2});
	await quiet();
	clock.advance(5000);
	await quiet();
	t.like(must(await node.api.inspect(expiring.task)), {state: 'expired'});
});

test('a worker that starts late is told what was cancelled before', async t => {
	const {server, worker, quiet} = await world(t);
	const node = await server();
	await node.deploy('fib');
	const {task} = await node.submit('fib');
	must(await node.api.cancel(task));
	const {runs} = await worker();
	await quiet();
	t.deepEqual(runs.all, []);
	const {runs: others} = await worker({act: run => run.succeed()});
	await node.submit('fib');
	await quiet();
	t.is(runs.all.length + others.all.length, 1);
});

test('an order to stop that a crash has kept back is given after the restart', async t => {
	const {server, worker, quiet, clock} = await world(t);
	const old = await server({durable: true});
	await old.deploy('fib');
	const {runs} = await worker();
	const {task} = await old.submit('fib');
	const [run] = await runs.reach(1);
	old.mishaps.broker = ({properties}) => {
		if (properties?.type === 'warren.control') old.crash();
		return undefined;
	};
	await Promise.race([old.api.cancel(task), quiet()]);
	await quiet();
	t.false(run?.over);
	const node = await server({durable: true});
	await quiet();
	clock.advance(1000);
	await quiet();
	t.like(must(await node.api.inspect(task)), {state: 'cancelled'});
	t.true(run?.over);
});
