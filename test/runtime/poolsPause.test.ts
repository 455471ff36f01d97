// What the tasks of a paused pool do meanwhile, and how they go on.
import test from 'ava';
import {must, type Server, submission, type World, world} from './world.ts';

const gpu = {pool: 'gpu'};
const many = (fn: string, count: number) => Array.from({length: count}, (_, n) => submission(fn, n));
const lane = {pool: 'gpu', class: 'normal'} as const;

async function ready(t: Parameters<typeof world>[0], options: {shared?: boolean} = {}) {
	const all: World = await world(t, options);
	const node = await all.server({id: 'n1', window: 4, durable: true});
	await node.deploy('render', gpu);
	await node.deploy('fib');
	return {...all, node};
}

const viewOf = async ({api}: Server, pool: string) => must(await api.pools()).find(({name}) => name === pool);

test('tasks of a paused pool are taken and wait, those of others run; what runs goes on', async t => {
	const {node, worker, quiet} = await ready(t);
	const hand = await worker({pool: 'gpu', slots: 8});
	const usual = await worker({act: run => run.succeed()});
	await node.submit('render', 'first');
	await quiet();
	t.like(must(await node.api.pausePool('gpu', {why: 'heat'})), {pause: {why: 'heat'}});
	const answers = await node.api.submit([...many('render', 9), ...many('fib', 3)]);
	t.true(answers.every(({ok}) => ok));
	await quiet();
	t.deepEqual([hand.runs.all.length, usual.runs.all.length], [1, 3]);
	hand.runs.all[0]?.succeed();
	await quiet();
	t.is(hand.runs.all.length, 1);
	t.is(node.home.window.of(lane).backlog, 9);
	must(await node.api.resumePool('gpu'));
	await quiet();
	const {placed, backlog} = node.home.window.of(lane);
	t.deepEqual([placed, backlog], [4, 5]);
	t.true(hand.runs.all.length > 1);
});

test('what was read to be placed when its pool is paused stays', async t => {
	const {node, quiet} = await ready(t);
	must(await node.api.pausePool('gpu'));
	await node.api.submit(many('render', 3));
	let go = () => {};
	const still = new Promise<void>(resolve => {
		go = resolve;
	});
	node.mishaps.store = verb => (verb === 'backlog' ? still : undefined);
	must(await node.api.resumePool('gpu'));
	await quiet();
	must(await node.api.pausePool('gpu'));
	go();
	await quiet();
	t.is(node.home.window.of(lane).placed, 0);
});

test('a task that waits for its pool says so, and the way out', async t => {
	const {node, clock} = await ready(t);
	const at = new Date(clock.now()).toISOString();
	must(await node.api.pausePool('gpu', {why: 'heat'}));
	const {task} = await node.submit('render');
	t.like(must(await node.api.why(task)), {
		reason: 'paused',
		text: `Pool \`gpu\` is paused by an operator since ${at} (heat); resume it with \`warren pools resume gpu\``,
	});
});

test('a retry and a redrive into a paused pool wait; a cancel and a deadline do not', async t => {
	const {node, worker, quiet, clock} = await ready(t);
	const backoff = {baseMs: 1000, factor: 1, maxMs: 1000};
	await node.deploy('render', {...gpu, maxAttempts: 2, backoff});
	const hand = await worker({pool: 'gpu'});
	const {task: again} = await node.submit('render');
	const {task: dead} = await node.submit('render', null, {options: {maxAttempts: 1}});
	await quiet();
	must(await node.api.pausePool('gpu'));
	for (const run of hand.runs.all) run.fail('FUNCTION_THREW');
	await quiet();
	must(await node.api.redrive(dead));
	const {task: late} = await node.submit('render', null, {options: {deadline: clock.now() + 5000}});
	const {task: gone} = await node.submit('render');
	must(await node.api.cancel(gone));
	for (let n = 0; n < 6; n++) {
		clock.advance(1000);
		await quiet();
	}
	const states = await Promise.all(
		[again, dead, late, gone].map(async id => must(await node.api.inspect(id)).state),
	);
	t.deepEqual(states, ['queued', 'queued', 'expired', 'cancelled']);
	t.is(hand.runs.all.length, 2);
	must(await node.api.resumePool('gpu'));
	await quiet();
	t.is(node.home.window.of(lane).placed, 2);
});

test('a pause outlives its server; twice changes nothing, and neither does a resume of what is not paused', async t => {
	const {node, server, worker, quiet, loseBroker} = await ready(t);
	must(await node.api.resumePool('gpu'));
	must(await node.api.pausePool('gpu', {why: 'heat'}));
	must(await node.api.pausePool('gpu', {why: 'smoke'}));
	await node.api.submit(many('render', 3));
	node.crash();
	loseBroker();
	const next = await server({id: 'n1'});
	const hand = await worker({pool: 'gpu', slots: 8});
	await quiet();
	t.is(hand.runs.all.length, 0);
	t.like(await viewOf(next, 'gpu'), {pause: {why: 'heat'}});
	must(await next.api.resumePool('gpu'));
	await quiet();
	t.is(hand.runs.all.length, 3);
});

test('all servers keep to a pause, whoever was told', async t => {
	const all = await ready(t, {shared: true});
	const two = await all.server({id: 'n2', durable: true});
	const hand = await all.worker({pool: 'gpu', slots: 8});
	must(await all.node.api.pausePool('gpu'));
	await all.quiet();
	const {task} = await two.submit('render');
	await all.quiet();
	t.is(hand.runs.all.length, 0);
	t.like(must(await two.api.why(task)), {reason: 'paused'});
	must(await two.api.resumePool('gpu'));
	await all.quiet();
	t.is(hand.runs.all.length, 1);
	t.is((await viewOf(all.node, 'gpu'))?.pause, null);
});

test('a server that was not told finds out by itself', async t => {
	const all = await ready(t, {shared: true});
	const two = await all.server({id: 'n2', durable: true});
	await all.quiet();
	all.node.mishaps.broker = ({key}) => (key === 'server.all' ? 'refused' : undefined);
	must(await all.node.api.pausePool('gpu'));
	await all.quiet();
	t.false(two.home.pools.has('gpu'));
	for (let n = 0; n < 6; n++) {
		all.clock.advance(500);
		await all.quiet();
	}
	t.true(two.home.pools.has('gpu'));
});

test('the list has every pool that anything names, with what waits, what is placed and who works', async t => {
	const {node, worker, quiet} = await ready(t);
	await worker({pool: 'gpu', slots: 3});
	await worker({pool: 'spare'});
	must(await node.api.pausePool('edge'));
	await node.api.submit(many('render', 6));
	await node.submit('render', null, {options: {class: 'low'}});
	await quiet();
	const views = must(await node.api.pools());
	t.deepEqual(
		views.map(({name}) => name),
		['default', 'edge', 'gpu', 'spare'],
	);
	const [, edge, busy] = views;
	t.like(edge, {pause: {why: 'no reason was given'}, workers: 0, slots: 0});
	t.like(busy, {pause: null, workers: 1, slots: 3});
	t.deepEqual(
		busy?.lanes.map(({class: name, waiting, placed}) => [name, waiting, placed]),
		[
			['high', 0, 0],
			['normal', 2, 4],
			['low', 0, 1],
		],
	);
	t.regex(await node.ambient.metrics.registry.metrics(), /warren_pool_paused\{pool="edge"\} 1/);
});

test('a pool that nothing names yet may be paused, and the answer says so', async t => {
	const {node, worker, quiet} = await ready(t);
	const named = async (pool: string) => must(await node.api.pausePool(pool)).named;
	t.is(await named('gpuu'), false);
	t.is(await named('gpu'), true);
	t.is(await named('default'), true);
	t.is(await named('edge'), false);
	await worker({pool: 'edge'});
	await quiet();
	t.is(await named('edge'), true);
	await node.deploy('print', {pool: 'eu', needs: ['laser']});
	t.is(await named('eu'), true);
	t.is((await viewOf(node, 'gpuu'))?.named, false);
	t.is(must(await node.api.resumePool('gpuu')).named, false);
});

test('the metrics tell for each pool and class what waits in the store and what is with the broker', async t => {
	const {node, worker, quiet} = await ready(t);
	const usual = await worker();
	must(await node.api.pausePool('gpu'));
	await node.api.submit([
		...many('render', 3),
		...many('render', 2).map(one => ({...one, options: {class: 'high'} as const})),
		...many('fib', 2),
	]);
	await quiet();
	const told = async () => {
		const metrics = await node.ambient.metrics.registry.metrics();
		return metrics
			.split('\n')
			.filter(line => line.startsWith('warren_tasks_queued{'))
			.filter(line => !line.endsWith(' 0'))
			.map(line => line.slice('warren_tasks_queued'.length));
	};
	t.deepEqual(await told(), [
		'{pool="default",class="normal",where="broker"} 2',
		'{pool="gpu",class="high",where="store"} 2',
		'{pool="gpu",class="normal",where="store"} 3',
	]);
	const able = async () =>
		(await node.ambient.metrics.registry.metrics())
			.split('\n')
			.filter(line => line.startsWith('warren_tasks_startable{'));
	t.deepEqual(await able(), [
		'warren_tasks_startable{pool="default"} 2',
		'warren_tasks_startable{pool="gpu"} 0',
	]);
	usual.runs.all[0]?.succeed();
	await quiet();
	t.is((await told())[0], '{pool="default",class="normal",where="broker"} 1');
	must(await node.api.resumePool('gpu'));
	await quiet();
	t.is((await able())[1], 'warren_tasks_startable{pool="gpu"} 5');
});
