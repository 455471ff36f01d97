import type {ExecutionContext} from 'ava';
import test from 'ava';
import {checkWork, type Work} from '#contract/work.ts';
import {createPacker} from '#dispatch/pack.ts';
import {createPost} from '#dispatch/post.ts';
import {createPull} from '#dispatch/pull.ts';
import {decodeFrame} from '#lib/frame.ts';
import {serverTopology, workerTopology} from '#transport/topology.ts';
import {TransportDown} from '#transport/transport.ts';
import {testAmbient} from '../harness/ambient.ts';
import {type Arrivals, arrivals} from '../harness/arrivals.ts';
import {createLife, type Mishap, mortalTransport} from '../runtime/life.ts';
import {world} from '../runtime/world.ts';
import {list, placement} from './placements.ts';

type Arrived = Work & {readonly inputs: readonly string[]};

async function pulling(t: ExecutionContext) {
	const all = await world(t);
	const {clock, line, names} = all;
	const queue = names.work('default', 'normal');
	const ambient = testAmbient(clock);
	let mishap: () => Mishap = () => undefined;
	const life = createLife(() => {});
	const {transport} = mortalTransport(
		all.broker.connect(),
		{by: 'n1', life, durable: false, record: []},
		() => mishap(),
	);
	await line.declare(serverTopology(names, 'n1', 1024));
	const works: Arrivals<Arrived> = arrivals('the work messages');
	await line.consume(queue, {prefetch: 100}, ({body}) => {
		const {head, bodies} = decodeFrame<unknown>(body);
		const work = checkWork(head);
		if (work.ok) works.push({...work.value, inputs: bodies.map(String)});
		return 'ack';
	});
	const placed: string[] = [];
	const chosen = {worker: undefined as string | undefined};
	const choose = () => chosen.worker;
	const post = createPost(ambient, transport, {home: 'n1', epoch: 3, leaseMs: 6000});
	const dispatch = createPull(ambient, {
		transport,
		names,
		post,
		choose,
		packer: createPacker(),
	});
	return {
		...{...all, ambient, works, placed, dispatch, queue, chosen},
		place: (placements: ReturnType<typeof list>) =>
			dispatch.place(placements, ({row}, to) => placed.push(to === null ? row.id : `${row.id} to ${to}`)),
		goWrong: (how: () => Mishap) => {
			mishap = how;
		},
	};
}

test('no dispatch waits for a lost connection longer than a third of a lease', async t => {
	const all = await world(t);
	const transport = all.broker.connect();
	const back = Promise.withResolvers<void>();
	all.broker.sever(transport, back.promise);
	const post = createPost(testAmbient(all.clock), transport, {home: 'n1', epoch: 3, leaseMs: 6000});
	let failed: unknown;
	void post(list(1), 'anywhere').catch(error => {
		failed = error;
	});
	all.clock.advance(1999);
	await all.quiet();
	t.is(failed, undefined);
	all.clock.advance(1);
	await all.quiet();
	t.true(failed instanceof TransportDown);
	back.resolve();
});

test('an attempt is published with its input as it came, and told of once the broker has it', async t => {
	const {place, works, placed, quiet} = await pulling(t);
	const input = Buffer.from('{"n": 1.0}');
	place([placement('t1', {attempt: 2, wallMs: 500, deadline: 9, version: 'v7'}, {input})]);
	t.deepEqual(placed, []);
	const [work] = await works.reach(1);
	t.deepEqual(work, {
		...{copy: 'n1.3.1', home: 'n1', epoch: 3, class: 'normal', pool: 'default', inputs: ['{"n": 1.0}']},
		items: [{task: 't1', attempt: 2, again: false, function: 'fib', version: 'v7', wallMs: 500, deadline: 9}],
	});
	await quiet();
	t.deepEqual(placed, ['t1']);
});

test('every message is a copy of its own', async t => {
	const {place, works} = await pulling(t);
	place(list(3));
	t.deepEqual(
		(await works.reach(3)).map(({copy}) => copy),
		['n1.3.1', 'n1.3.2', 'n1.3.3'],
	);
});

test('what was measured makes lists of the attempts that follow', async t => {
	const {place, works, dispatch, quiet, placed} = await pulling(t);
	dispatch.measured('v1', 2);
	place(list(7));
	t.deepEqual(
		(await works.reach(2)).map(({items}) => items.length),
		[5, 2],
	);
	await quiet();
	t.is(placed.length, 7);
});

test('a list whose confirm was lost is published again, each attempt alone and marked', async t => {
	const {place, works, dispatch, quiet, placed, clock, goWrong} = await pulling(t);
	dispatch.measured('v1', 1);
	let lost = 0;
	goWrong(() => (lost++ === 0 ? 'answer lost' : undefined));
	place(list(3));
	await quiet();
	t.deepEqual(placed, []);
	clock.advance(500);
	const all = await works.reach(4);
	t.deepEqual(
		all.map(({items}) => items.map(({task, again}) => `${task} ${again}`)),
		[['t0 false', 't1 false', 't2 false'], ['t0 true'], ['t1 true'], ['t2 true']],
	);
	t.is(new Set(all.map(({copy}) => copy)).size, 4);
	await quiet();
	t.deepEqual(placed, ['t0', 't1', 't2']);
});

test('while the broker is away, has no queue, or is full, the dispatch goes on trying', async t => {
	const {place, works, quiet, placed, clock, goWrong, line, names, queue} = await pulling(t);
	let away = 4;
	goWrong(() => (away-- > 0 ? 'refused' : undefined));
	place([placement('t1')]);
	for (let n = 0; n < 10; n++) {
		await quiet();
		clock.advance(500);
	}
	t.is((await works.reach(1))[0]?.items[0]?.again, true);
	t.deepEqual(placed, ['t1']);
	await line.remove(queue);
	await line.remove(names.returned);
	goWrong(() => undefined);
	place([placement('t2')]);
	await quiet();
	await line.declare(serverTopology(names, 'n1', 1024));
	clock.advance(500);
	await quiet();
	t.deepEqual(placed, ['t1', 't2']);
});

test('what goes straight is sent to the worker that is chosen, and to the queue of its pool where there is none', async t => {
	const {place, works, quiet, placed, chosen, line, names} = await pulling(t);
	const sent: string[] = [];
	await line.declare(workerTopology(names, 'w1', ['default']));
	await line.consume(names.worker('w1'), {prefetch: 10}, ({body}) => {
		sent.push(JSON.stringify(decodeFrame<Work>(body).head.items.map(({task, again}) => `${task} ${again}`)));
		return 'ack';
	});
	const straight = {again: true, straight: true};
	place([placement('t1', {}, straight)]);
	chosen.worker = 'w1';
	place([placement('t2', {}, straight), placement('t3', {}, {straight: true})]);
	chosen.worker = 'w2';
	place([placement('t4', {}, straight)]);
	await quiet();
	t.deepEqual(sent, ['["t2 true"]'], 'what is not marked may not be claimed');
	t.deepEqual(
		works.all.map(({items}) => items[0]?.task),
		['t1', 't3', 't4'],
	);
	t.deepEqual([...placed].sort(), ['t1', 't2 to w1', 't3', 't4']);
});

test('a dispatch that can never be published is told in the log, by its error', async t => {
	const {place, quiet, placed, clock, goWrong, ambient} = await pulling(t);
	goWrong(() => new TypeError('a bug'));
	place([placement('t1')]);
	await quiet();
	clock.advance(500);
	await quiet();
	t.deepEqual(placed, []);
	t.true(ambient.lines.some(({level, msg}) => level === 50 && msg === 'a dispatch failed'));
});
