import test from 'ava';
import {messageTypes} from '#contract/work.ts';
import {must, type Server, submission, world} from './world.ts';

const works = ({sent}: Server) => sent.all.filter(({properties}) => properties?.type === messageTypes.work);

test('of a thousand tasks at most ten are in the broker at any time, and the oldest go first', async t => {
	const {server, worker, until} = await world(t);
	const node = await server({window: 10});
	await node.deploy('fib');
	let most = 0;
	const order: number[] = [];
	const {runs} = await worker({
		slots: 1,
		act: run => {
			most = Math.max(most, node.home.window.placed);
			order.push(run.input as number);
			run.succeed();
		},
	});
	const list = Array.from({length: 1000}, (_, n) => submission('fib', n));
	const answers = await node.api.submit(list);
	t.true(answers.every(({ok}) => ok));
	t.like(await node.api.status(), {backlog: 990, inFlight: 10});
	await until(runs.reach(1000));
	t.is(most, 10);
	t.deepEqual(
		order,
		[...order].sort((a, b) => a - b),
	);
	const last = must(await node.api.list({limit: 1}))[0]?.id ?? '';
	t.like(must(await until(node.api.await(last, 1000))), {state: 'succeeded'});
	t.like(await node.api.status(), {backlog: 0, inFlight: 0, ledger: {accepted: 1000, succeeded: 1000}});
});

test('what is newer never overtakes what waits', async t => {
	const {server, worker, until} = await world(t);
	const node = await server({window: 4});
	await node.deploy('fib');
	const {runs} = await worker({slots: 1});
	for (let n = 0; n < 4; n++) await node.submit('fib', n);
	for (let n = 4; n < 8; n++) await node.submit('fib', n);
	for (let n = 0; n < 8; n++) {
		const all = await until(runs.reach(n + 1));
		all[n]?.succeed();
		await node.submit('fib', 8 + n);
	}
	t.deepEqual(
		runs.all.slice(0, 8).map(({input}) => input),
		[0, 1, 2, 3, 4, 5, 6, 7],
	);
});

test('cancelling what waits in the store costs no message, and frees no place', async t => {
	const {server, worker, quiet} = await world(t);
	const node = await server({window: 1});
	await node.deploy('fib');
	const {runs} = await worker();
	await node.submit('fib', 0);
	const waiting = await Promise.all([1, 2, 3].map(n => node.submit('fib', n)));
	await runs.reach(1);
	await quiet();
	const before = node.sent.all.length;
	for (const {task} of waiting.slice(0, 2)) {
		t.like(must(await node.api.cancel(task)), {was: 'queued', state: 'cancelled', cancelled: true});
	}
	await quiet();
	t.is(node.sent.all.length, before);
	t.like(await node.api.status(), {backlog: 1, inFlight: 1});
	runs.all[0]?.succeed();
	t.is((await runs.reach(2))[1]?.input, 3);
	t.is(works(node).length, 2);
});

test('a task that waits says for what', async t => {
	const {server, worker, quiet, clock} = await world(t);
	const node = await server({window: 1});
	await node.deploy('fib');
	const [first, second] = [await node.submit('fib', 1), await node.submit('fib', 2)];
	const why = async (id: string) => must(await node.api.inspect(id)).waitingFor ?? '';
	t.regex(await why(first.task), /a worker: none is alive/);
	t.regex(await why(second.task), /room in the broker, behind 1/);
	const {runs} = await worker();
	await runs.reach(1);
	clock.advance(1000);
	await quiet();
	t.like(must(await node.api.inspect(first.task)), {state: 'running', waitingFor: null});
});

test('after a restart the window counts what was placed before it', async t => {
	const {server, worker, until, loseBroker} = await world(t);
	const old = await server({window: 3});
	await old.deploy('fib');
	for (let n = 0; n < 10; n++) await old.submit('fib', n);
	old.crash();
	loseBroker();
	const node = await server({window: 3});
	t.like(await node.api.status(), {backlog: 7, inFlight: 3});
	let most = 0;
	const {runs} = await worker({
		act: run => {
			most = Math.max(most, node.home.window.placed);
			run.succeed();
		},
	});
	await until(runs.reach(10));
	t.true(most <= 3);
	t.is(new Set(runs.all.map(({task}) => task)).size, 10);
});
