import test, {type ExecutionContext} from 'ava';
import type {Lane} from '#actors/lane.ts';
import type {Grant} from '#actors/task.ts';
import {checkHeartbeat, type Heartbeat, type Order} from '#contract/control.ts';
import {messageTypes} from '#contract/work.ts';
import {createSpill} from '#dispatch/spill.ts';
import {encodeFrame} from '#lib/frame.ts';
import type {Report} from '#runtime/reports.ts';
import type {Dispatch, Office} from '#runtime/runtime.ts';
import {ear, serverTopology} from '#transport/topology.ts';
import {testAmbient} from '../harness/ambient.ts';
import {arrivals} from '../harness/arrivals.ts';
import {world} from '../runtime/world.ts';
import {fakePeer} from './fakePeer.ts';
import {placement} from './placements.ts';

const usage = {worker: 'w1', executor: 'e1', cold: false, initMs: 0, runMs: 5, cpuMs: 5, heapBytes: 1};
const may = {spill: true, expiresAt: null, trace: null};

/** A home with four slots, ten attempts before whatever is placed, and an area called `cloud`. */
async function crowded(t: ExecutionContext, most = 100) {
	const {clock, line, names, broker, quiet} = await world(t);
	const ambient = testAmbient(clock);
	const transport = broker.connect();
	await line.declare(serverTopology(names, 'n1', 1024));
	await line.declare({exchanges: [], queues: [ear(names, 'test', ['heartbeat.*'])]});
	const beats = arrivals<Heartbeat>('heartbeats');
	await line.consume(names.ear('test'), {prefetch: 100}, ({body}) => {
		const beat = checkHeartbeat(JSON.parse(body.toString()));
		if (beat.ok) beats.push(beat.value);
		return 'ack';
	});
	const here = arrivals<string>('attempts placed here');
	const outcomes = arrivals<Report>('outcomes');
	const claims = arrivals<string>('claims');
	const over = new AbortController();
	t.teardown(() => over.abort());
	const state = {slots: 4, load: 10, grant: 'yes' as Grant | undefined};
	const office = {
		...{
			home: 'n1',
			epoch: 1,
			over: over.signal,
			load: (lane: Lane) => (lane.class === 'normal' ? state.load : 0),
		},
		roster: {live: () => (state.slots > 0 ? [{slots: state.slots}] : [])},
		reports: {
			outcome(report: Report, taken: (isTaken: boolean) => void) {
				outcomes.push(report);
				taken(true);
			},
			async claim({task}: {task: string}) {
				claims.push(task);
				return state.grant;
			},
		},
	} as unknown as Office;
	const inner: Dispatch = {
		place(placements) {
			for (const {row, again} of placements) here.push(again ? `${row.id} again` : row.id);
		},
		measured() {},
		holds: () => false,
		outlives: () => true,
	};
	const peer = fakePeer('cloud');
	const targets = {high: 100, normal: 100, low: 1_000_000};
	const dispatch = createSpill(ambient, {
		...{here: inner, office, transport, names, peers: [peer], own: 'edge', most, targets, patienceMs: 5000},
		build: async () => undefined,
	});
	const placed: string[] = [];
	return {
		...{clock, names, line, beats, here, outcomes, claims, state, peer, dispatch, quiet, placed},
		place: (...list: ReturnType<typeof placement>[]) =>
			dispatch.place(list, ({row}, to) => placed.push(`${row.id} ${to}`)),
	};
}

test('what goes has a key of its own, its limits, and the mark that it goes no further', async t => {
	const {place, peer, placed, quiet, dispatch} = await crowded(t);
	const row = {...may, attempt: 2, wallMs: 700, deadline: 99, class: 'normal' as const, version: 'v7'};
	place(placement('t1', row));
	const [errand] = await peer.errands.reach(1);
	t.deepEqual(errand, {
		function: 'fib',
		input: Buffer.from('"t1"'),
		options: {
			...{key: 'edge.t1.2', version: 'v7', class: 'normal', maxAttempts: 1, spill: false},
			...{timeoutMs: 700, deadline: 99},
		},
	});
	await quiet();
	t.deepEqual(placed, ['t1 area-cloud-n1']);
	t.true(dispatch.holds('t1', 2));
	t.false(dispatch.holds('t1', 1));
});

test('what may not go, would not wait too long, or goes a second time stays', async t => {
	const {place, peer, here, state} = await crowded(t);
	place(
		placement('kept', {...may, spill: false}),
		placement('patient', {...may, class: 'low'}),
		placement('lost', may, {again: true}),
	);
	state.load = 4;
	place(placement('soon', may));
	t.deepEqual(await here.reach(4), ['kept', 'patient', 'lost again', 'soon']);
	t.deepEqual(peer.errands.all, []);
});

test('no more than so many are in an area at once, and one that ends makes room', async t => {
	const {place, peer, here, outcomes} = await crowded(t, 2);
	place(...['a', 'b', 'c'].map(id => placement(id, may)));
	await peer.errands.reach(2);
	t.deepEqual(await here.reach(1), ['c']);
	peer.is('edge.a.1', {state: 'succeeded', endedAt: 1, usage});
	const [{item, result} = {item: undefined, result: undefined}] = await outcomes.reach(1);
	t.like(item, {task: 'a', attempt: 1, failure: null, usage: {worker: 'cloud/w1', runMs: 5}});
	t.deepEqual(result, Buffer.from('42'));
	await outcomes.reach(1);
	place(placement('d', may));
	await peer.errands.reach(3);
});

test('heartbeats name what is there, and since when it runs', async t => {
	const {place, peer, beats, clock} = await crowded(t);
	place(placement('t1', may));
	await peer.errands.reach(1);
	const waiting = await beats.find(({held}) => held.length === 1);
	t.like(waiting, {worker: 'area-cloud-n1', pool: 'area-cloud', host: 'cloud', state: 'busy'});
	t.deepEqual(waiting.held, [{task: 't1', attempt: 1, function: 'fib', startedAt: null}]);
	clock.advance(1);
	peer.is('edge.t1.1', {state: 'running'});
	await beats.find(({held}) => held[0]?.startedAt === clock.now());
});

test('an order to stop, whichever server gives it, reaches the area and is answered', async t => {
	const {place, peer, line, names, outcomes} = await crowded(t);
	place(placement('t1', may), placement('t2', may));
	await peer.errands.reach(2);
	const order: Order = {type: 'stop', stops: [{task: 't1', attempt: 1}]};
	const message = {exchange: names.control, key: 'worker.all', body: encodeFrame(order, [])};
	await line.publish({...message, properties: {type: messageTypes.control}});
	t.deepEqual(await peer.cancelled.reach(1), ['edge.t1.1']);
	const [{item} = {item: undefined}] = await outcomes.reach(1);
	t.like(item, {task: 't1', attempt: 1, failure: {code: 'CANCELLED'}});
});

test('an area that was away is asked again after 5 s, and nothing is lost meanwhile', async t => {
	const {place, peer, here, clock} = await crowded(t);
	peer.away = true;
	place(placement('a', may));
	t.deepEqual(await here.reach(1), ['a']);
	peer.away = false;
	place(placement('b', may));
	t.deepEqual(await here.reach(2), ['a', 'b']);
	clock.advance(5000);
	place(placement('c', may));
	t.is((await peer.errands.reach(1))[0]?.options.key, 'edge.c.1');
});

test('an area that falls silent keeps it for so long, and then it is marked and runs here', async t => {
	const {place, peer, here, clock, quiet} = await crowded(t);
	place(placement('t1', may));
	await peer.errands.reach(1);
	peer.is('edge.t1.1', {state: 'running'});
	for (let at = 0; at < 8 && here.all.length === 0; at++) {
		await quiet();
		clock.advance(1000);
	}
	t.deepEqual(await here.reach(1), ['t1 again']);
});

test('where no worker is alive, what is dispatched again is claimed and goes to the task that it was', async t => {
	const {place, peer, state, clock} = await crowded(t);
	state.slots = 0;
	clock.advance(3000);
	place(placement('t1', may, {again: true}));
	t.is((await peer.errands.reach(1))[0]?.options.key, 'edge.t1.1');
});

test('where no worker is alive, what had its grant before goes all the same', async t => {
	const {place, peer, here, state, clock} = await crowded(t);
	Object.assign(state, {slots: 0, grant: 'alone'});
	clock.advance(3000);
	place(placement('t1', may, {again: true}));
	t.is((await peer.errands.reach(1))[0]?.options.key, 'edge.t1.1');
	t.deepEqual(here.all, []);
});

test('what had its grant before is run here if a worker has come meanwhile', async t => {
	const {place, peer, here, claims, state, clock, quiet} = await crowded(t);
	Object.assign(state, {slots: 0, grant: 'alone'});
	clock.advance(3000);
	place(placement('t1', may, {again: true}));
	state.slots = 4;
	await claims.reach(1);
	await quiet();
	clock.advance(250);
	t.deepEqual(await here.reach(1), ['t1 again']);
	t.deepEqual(peer.errands.all, []);
});

test('a claim that cannot be answered now is asked again, and nothing is queued where no worker is', async t => {
	const {place, peer, here, claims, state, clock, quiet, dispatch} = await crowded(t);
	Object.assign(state, {slots: 0, grant: undefined});
	clock.advance(3000);
	place(placement('t1', may, {again: true}));
	await claims.reach(1);
	await quiet();
	t.true(dispatch.holds('t1', 1));
	state.grant = 'yes';
	clock.advance(250);
	await peer.errands.reach(1);
	t.deepEqual(here.all, []);
});
