// Each class has room in the broker of its own.
import test from 'ava';
import type {Class} from '#actors/lane.ts';
import {messageTypes} from '#contract/work.ts';
import {must, submission, type World, world} from './world.ts';

const of = (priority: Class) => ({options: {class: priority}});
const queues = ({record}: World) =>
	record.sent.filter(({properties}) => properties?.type === messageTypes.work).map(({key}) => key);

test('a full lane of low leaves high free: what is high is placed at once', async t => {
	const all = await world(t);
	const node = await all.server({window: 4});
	await node.deploy('fib');
	await node.api.submit(Array.from({length: 50}, (_, n) => submission('fib', n, of('low'))));
	await all.quiet();
	t.is(node.home.window.placed, 4);
	const {task} = await node.submit('fib', 'urgent', of('high'));
	await all.quiet();
	t.is(queues(all).at(-1), 'warren.work.default.high');
	t.like(await node.api.status(), {backlog: 46, inFlight: 5});
	t.is(must(await node.api.inspect(task)).class, 'high');
	const hand = await all.worker({slots: 1, act: run => run.succeed()});
	await all.until(hand.runs.reach(51));
	t.true(hand.runs.all.slice(0, 3).some(({input}) => input === 'urgent'));
});

test('each lane is refilled by itself, from its own backlog, oldest first', async t => {
	const all = await world(t);
	const node = await all.server({window: 4});
	await node.deploy('fib');
	const lanes = ['low', 'high', 'normal'] as const;
	for (let n = 0; n < 10; n++) for (const lane of lanes) await node.submit('fib', `${lane} ${n}`, of(lane));
	t.like(await node.api.status(), {backlog: 18, inFlight: 12});
	let most = 0;
	const {runs} = await all.worker({
		slots: 1,
		act: run => {
			for (const lane of node.home.window.lanes()) most = Math.max(most, lane.placed);
			run.succeed();
		},
	});
	await all.until(runs.reach(30));
	t.is(most, 4);
	for (const lane of lanes) {
		const order = runs.all.map(({input}) => String(input)).filter(input => input.startsWith(lane));
		t.deepEqual(
			order,
			Array.from({length: 10}, (_, n) => `${lane} ${n}`),
		);
	}
	await all.quiet();
	t.like(await node.api.status(), {backlog: 0, inFlight: 0});
});

test('what waited before a restart is in its lane after it', async t => {
	const all = await world(t);
	const old = await all.server({window: 2});
	await old.deploy('fib');
	for (let n = 0; n < 5; n++) await old.submit('fib', n, of('low'));
	await old.submit('fib', 'urgent', of('high'));
	old.crash();
	all.loseBroker();
	const node = await all.server({window: 2});
	const low = node.home.window.of({pool: 'default', class: 'low'});
	const high = node.home.window.of({pool: 'default', class: 'high'});
	t.deepEqual([low.placed, low.backlog, high.placed, high.backlog], [2, 3, 1, 0]);
	const {runs} = await all.worker({act: run => run.succeed()});
	await all.until(runs.reach(6));
});

test('attempts of several classes never travel in one message', async t => {
	const all = await world(t);
	const node = await all.server();
	await node.deploy('fib');
	const hand = await all.worker({slots: 8, act: run => run.succeed()});
	const warm = await node.submit('fib', 'warm');
	must(await node.api.await(warm.task, 60_000));
	const before = queues(all).length;
	const classes = ['high', 'low', 'high', 'low', 'normal'] as const;
	await node.api.submit(classes.map(priority => submission('fib', priority, of(priority))));
	await all.until(hand.runs.reach(6));
	t.deepEqual(queues(all).slice(before).sort(), [
		'warren.work.default.high',
		'warren.work.default.low',
		'warren.work.default.normal',
	]);
});

test('the class of a task is its own, or that of its function; a redrive keeps it', async t => {
	const {server, worker, until} = await world(t);
	const node = await server();
	await node.deploy('mail', {class: 'low'});
	let good = false;
	const hand = await worker({act: run => (good ? run.succeed() : run.fail('FUNCTION_THREW'))});
	const own = await node.submit('mail');
	const named = await node.submit('mail', null, of('high'));
	await until(hand.runs.reach(2));
	const classOf = async (id: string) => must(await node.api.inspect(id)).class;
	t.deepEqual([await classOf(own.task), await classOf(named.task)], ['low', 'high']);
	const digest = must(await node.api.function('mail')).version;
	t.not(await node.deploy('mail', {class: 'high'}), digest, 'a version of its own');
	t.is(await until(node.api.await(own.task, 1000).then(answer => must(answer).state)), 'dead');
	good = true;
	must(await node.api.redrive(own.task));
	t.like(must(await until(node.api.await(own.task, 1000))), {state: 'succeeded', class: 'low'});
});
