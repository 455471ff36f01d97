// A function belongs to a pool, and runs on the workers of that pool and on no others.
import test from 'ava';
import {must, type World, world} from './world.ts';

const gpu = {pool: 'gpu'};
const work = (all: World, pool: string) => all.line.depth(all.names.work(pool, 'normal'));

test('each function runs on the workers of its pool and on no others', async t => {
	const {server, worker, until} = await world(t);
	const node = await server();
	await node.deploy('render', gpu);
	await node.deploy('mail');
	const act = (run: {succeed: () => void}) => run.succeed();
	const [here, there] = [await worker({act}), await worker({pool: 'gpu', act})];
	for (let n = 0; n < 20; n++) {
		await node.submit('render', `render ${n}`);
		await node.submit('mail', `mail ${n}`);
	}
	await until(Promise.all([here.runs.reach(20), there.runs.reach(20)]));
	t.true(here.runs.all.every(({input}) => String(input).startsWith('mail')));
	t.true(there.runs.all.every(({input}) => String(input).startsWith('render')));
});

test('what is placed in a pool without workers waits, says so, and begins when one comes', async t => {
	const all = await world(t);
	const node = await all.server({window: 1});
	await node.deploy('render', gpu);
	const other = await all.worker();
	const [first, second] = [await node.submit('render'), await node.submit('render')];
	all.clock.advance(1000);
	await all.quiet();
	t.is(await work(all, 'gpu'), 1);
	const why = async (id: string) => must(await node.api.why(id));
	t.like(await why(first.task), {reason: 'worker', text: 'a worker: none is alive in pool gpu'});
	t.like(await why(second.task), {reason: 'room'});
	t.regex((await why(second.task)).text, /behind 1 attempts that are there, and a worker: none is alive in/);
	const hand = await all.worker({pool: 'gpu', act: run => run.succeed()});
	await all.until(hand.runs.reach(2));
	t.like(must(await all.until(node.api.await(second.task, 1000))), {state: 'succeeded', pool: 'gpu'});
	t.is(other.runs.all.length, 0);
});

test('what a lost worker had goes to a worker of its pool', async t => {
	const {server, worker, until, quiet, clock} = await world(t);
	const node = await server({auditMs: 5000});
	await node.deploy('render', gpu);
	const lost = await worker({pool: 'gpu'});
	const other = await worker();
	const {task} = await node.submit('render');
	await until(lost.runs.reach(1));
	clock.advance(1000);
	await quiet();
	lost.crash();
	const next = await worker({pool: 'gpu', act: run => run.succeed()});
	t.like(must(await until(node.api.await(task, 60_000))), {state: 'succeeded', attempt: 1});
	t.is(next.runs.all.length, 1);
	t.is(other.runs.all.length, 0);
});

test('after a restart what was placed in a pool is placed there again', async t => {
	const {server, worker, until, loseBroker} = await world(t);
	const old = await server({window: 2});
	await old.deploy('render', gpu);
	for (let n = 0; n < 5; n++) await old.submit('render', n);
	old.crash();
	loseBroker();
	const node = await server({window: 2});
	const lane = node.home.window.of({pool: 'gpu', class: 'normal'});
	t.deepEqual([lane.placed, lane.backlog], [2, 3]);
	const {runs} = await worker({pool: 'gpu', act: run => run.succeed()});
	await until(runs.reach(5));
	t.is(node.home.window.of({pool: 'default', class: 'normal'}).placed, 0);
});

test('a function that is deployed into another pool is another version; its open tasks stay where they are', async t => {
	const all = await world(t);
	const node = await all.server();
	const before = await node.deploy('render');
	const {task} = await node.submit('render');
	t.not(await node.deploy('render', gpu), before);
	const next = await node.submit('render');
	await all.quiet();
	const poolOf = async (id: string) => must(await node.api.inspect(id)).pool;
	t.deepEqual([await poolOf(task), await poolOf(next.task)], ['default', 'gpu']);
	t.deepEqual([await work(all, 'default'), await work(all, 'gpu')], [1, 1]);
});
