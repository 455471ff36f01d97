import test from 'ava';
import {worker} from '../gateway/fakeViews.ts';
import {world} from './world.ts';

const kept = (all: readonly {readonly wanted: number | null}[]) => all.map(({wanted}) => wanted);

test('the workers of a pool are split over its supervisors, and it is told when it is so', async t => {
	const {server, supervisor, pass} = await world(t);
	const scaler = await server();
	const all = [await supervisor('s1'), await supervisor('s2'), await supervisor('s3', 'gpu')];
	await pass(3);
	t.like(await scaler.scale('default', 5), {pool: 'default', workers: 5, done: false});
	await pass(2);
	t.deepEqual(kept(all), [3, 2, 7], 'a pool of which nobody said anything keeps what it was given');
	t.like(await scaler.view('default'), {workers: 5, running: 5, done: true});
	t.like(await scaler.view('gpu'), {workers: null, running: 7, done: true});
	t.deepEqual(
		scaler.supervisors().map(({id}) => id),
		['s1', 's2', 's3'],
	);
});

test('a supervisor that joins, and one that starts again, learn what was said before they came', async t => {
	const {server, supervisor, pass} = await world(t);
	const scaler = await server();
	t.like(await scaler.scale('default', 4), {supervisors: [], running: 0, done: false});
	const one = await supervisor('s1');
	await pass(3);
	t.is(one.wanted, 4);
	const two = await supervisor('s2');
	await pass(2);
	t.deepEqual(kept([one, two]), [2, 2]);
});

test('what a supervisor kept that is silent goes to the others, and comes back with it', async t => {
	const {server, supervisor, pass} = await world(t);
	const scaler = await server();
	const [one, two] = [await supervisor('s1'), await supervisor('s2')];
	await scaler.scale('default', 6);
	await pass(5);
	t.deepEqual(kept([one, two]), [3, 3]);
	two.leave();
	await pass(5);
	t.is(one.wanted, 6);
	t.like(scaler.supervisors(), [
		{id: 's1', state: 'running'},
		{id: 's2', state: 'lost'},
	]);
	const three = await supervisor('s3');
	await pass(2);
	t.deepEqual(kept([one, three]), [3, 3]);
});

test('a supervisor that stops keeps nothing any more', async t => {
	const {server, supervisor, pass} = await world(t);
	const scaler = await server();
	const [one, two] = [await supervisor('s1'), await supervisor('s2')];
	await scaler.scale('default', 4);
	await pass(5);
	two.more = {state: 'stopping'};
	await pass(2);
	t.is(one.wanted, 4);
	t.like(await scaler.view('default'), {done: false}, 'its workers still drain');
	two.more = {state: 'stopped'};
	await pass(2);
	t.like(await scaler.view('default'), {done: true, running: 4});
	t.is(scaler.supervisors().length, 1);
});

test('what was split is not split anew because a heartbeat does not say it yet', async t => {
	const {server, supervisor, pass} = await world(t);
	const scaler = await server();
	const [one, two] = [await supervisor('s1'), await supervisor('s2')];
	await pass(4);
	one.more = {wanted: 0};
	await scaler.scale('default', 5);
	await pass(3);
	t.deepEqual(kept([one, two]), [3, 2]);
});

test('one server decides: the live one with the smallest name', async t => {
	const {server, supervisor, pass, homes} = await world(t);
	await server('n2');
	const scaler = await server('n1');
	const one = await supervisor('s1');
	await scaler.scale('default', 3);
	await pass(5);
	t.deepEqual(one.orders, [{type: 'scale', workers: 3}], 'told once, by one of them');
	homes.splice(1, 1);
	await scaler.stop();
	const two = await supervisor('s2');
	await pass(3);
	t.deepEqual(kept([one, two]), [2, 1]);
});

test('a supervisor is told until it says that it heard', async t => {
	const {server, supervisor, pass} = await world(t);
	const scaler = await server();
	const one = await supervisor('s1');
	await pass(3);
	one.deaf = true;
	await scaler.scale('default', 3);
	const {id} = scaler.restart('default', 2);
	await pass(2);
	one.deaf = false;
	await pass(2);
	t.is(one.wanted, 3);
	t.deepEqual(
		one.orders.filter(({type}) => type === 'restart'),
		[{type: 'restart', id, mostAtOnce: 2}],
	);
	await pass(2);
	t.is(one.orders.filter(({type}) => type === 'restart').length, 1);
	t.like(scaler.supervisors(), [{restart: {id, left: 0}}]);
});

test('a server that has just come to listen decides nothing before it has heard everybody', async t => {
	const {server, supervisor, pass} = await world(t);
	const first = await server('n2');
	const [one, two] = [await supervisor('s1'), await supervisor('s2')];
	await first.scale('default', 4);
	await pass(4);
	const before = one.orders.length;
	two.more = {everyMs: 1000};
	await server('n1');
	await pass(1);
	t.is(one.orders.length, before);
	await pass(4);
	t.deepEqual(kept([one, two]), [2, 2]);
	t.is(one.orders.length, before);
});

test('a server whose connection comes back gives nobody the part of those that it has not heard yet', async t => {
	const {server, supervisor, pass, cut} = await world(t);
	const scaler = await server();
	const [one, two] = [await supervisor('s1'), await supervisor('s2')];
	await scaler.scale('default', 4);
	await pass(5);
	const before = one.orders.length;
	two.silent = true;
	await cut(10);
	await pass(2);
	two.silent = false;
	await pass(4);
	t.deepEqual(kept([one, two]), [2, 2]);
	t.is(one.orders.length, before);
});

test('metrics tell how many workers each pool should have and has, and where they fail', async t => {
	const {ambient, server, supervisor, pass} = await world(t);
	const scaler = await server();
	const one = await supervisor('s1');
	await supervisor('s2', 'gpu');
	await scaler.scale('default', 3);
	await pass(5);
	one.more = {workers: [], trouble: {why: 'exit code 5', failures: 4, retryAt: 0}};
	await pass(1);
	const text = await ambient.metrics.registry.metrics();
	t.regex(text, /warren_scale_workers_wanted\{pool="default"\} 3\n/);
	t.regex(text, /warren_scale_workers_running\{pool="default"\} 0\n/);
	t.regex(text, /warren_scale_workers_failing\{pool="default"\} 4\n/);
	t.regex(text, /warren_scale_workers_running\{pool="gpu"\} 7\n/);
});

test('workers that nobody keeps are told apart, and a pool without supervisors is never done', async t => {
	const {server, workers} = await world(t);
	const scaler = await server();
	workers.push(worker, {...worker, id: 'w2', supervisor: 's1'}, {...worker, id: 'w3', state: 'lost'});
	t.like(await scaler.scale('default', 2), {others: 1, running: 0, done: false, supervisors: []});
	t.like(await scaler.scale('default', 0), {done: true});
	t.deepEqual(scaler.restart('default', 1).supervisors, []);
});
