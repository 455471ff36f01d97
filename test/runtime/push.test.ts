// A server that chooses the worker for each list of attempts.
import test from 'ava';
import {messageTypes, type Work} from '#contract/work.ts';
import {decodeFrame} from '#lib/frame.ts';
import {must, submission, type TestWorker, type World, world} from './world.ts';

const queues = ({record}: World) =>
	record.sent.filter(({properties}) => properties?.type === messageTypes.work).map(({key}) => key);
const many = (count: number) => Array.from({length: count}, (_, n) => submission('fib', n));
const counts = (...workers: TestWorker[]) => workers.map(({runs}) => runs.all.length);

test('what is sent between two heartbeats counts, so nobody is sent all of it', async t => {
	const all = await world(t);
	const node = await all.server({mode: 'push'});
	await node.deploy('fib');
	const hands = [await all.worker({slots: 2}), await all.worker({slots: 2})];
	await all.quiet();
	await node.api.submit(many(4));
	await all.quiet();
	t.deepEqual(counts(...hands), [2, 2]);
	t.true(queues(all).every(key => key.startsWith('warren.worker.')));
});

test('what finds no room waits in the server, is missed by nobody, and goes out as outcomes come', async t => {
	const all = await world(t);
	const node = await all.server({mode: 'push', auditMs: 1000});
	await node.deploy('fib');
	const hand = await all.worker({slots: 1});
	await all.quiet();
	await node.api.submit(many(6));
	await all.quiet();
	t.is(queues(all).length, 2, 'one runs, one waits in the worker');
	for (let step = 0; step < 100; step++) {
		all.clock.advance(100);
		await all.quiet();
	}
	t.is(queues(all).length, 2);
	t.like(must(await node.api.audit()), {balanced: true, healed: {}});
	for (let at = 0; at < 6; at++) (await hand.runs.reach(at + 1))[at]?.succeed();
	await all.quiet();
	t.deepEqual(
		hand.runs.all.map(({input}) => input),
		[0, 1, 2, 3, 4, 5],
	);
	t.like(await node.api.status(), {inFlight: 0, ledger: {succeeded: 6}});
});

test('without a live worker the queue of the pool has it, also what waited', async t => {
	const all = await world(t);
	const node = await all.server({mode: 'push'});
	await node.deploy('fib');
	await node.submit('fib', 'early');
	await all.quiet();
	t.deepEqual(queues(all), ['warren.work.default.normal']);
	const hand = await all.worker({slots: 1});
	await hand.runs.reach(1);
	await node.api.submit(many(4));
	await all.quiet();
	const drained = hand.worker.drain();
	await all.quiet();
	all.clock.advance(1000);
	await all.quiet();
	hand.runs.all[0]?.succeed();
	await all.until(drained);
	const other = await all.worker({act: run => run.succeed()});
	await all.until(other.runs.reach(4));
	await all.quiet();
	t.like(await node.api.status(), {inFlight: 0, ledger: {succeeded: 5}});
});

test('a mailbox that went with its worker takes nothing: what was for it is as new to another', async t => {
	const all = await world(t);
	const node = await all.server({mode: 'push'});
	await node.deploy('fib');
	const gone = await all.worker({slots: 2});
	const other = await all.worker({slots: 2, act: run => run.succeed()});
	await all.quiet();
	gone.crash();
	await node.api.submit(many(4));
	await all.quiet();
	const work = all.record.sent.filter(({properties}) => properties?.type === messageTypes.work);
	const refused = work.filter(({published}) => published === 'unroutable');
	t.true(refused.length > 0, 'nothing was sent to the one that had gone');
	t.false(work.some(({body}) => decodeFrame<Work>(body).head.items.some(({again}) => again)));
	t.is(other.runs.all.length, 4);
	t.like(await node.api.status(), {inFlight: 0, ledger: {succeeded: 4}});
});

test('what a lost worker was sent runs in another, each once', async t => {
	const all = await world(t);
	const node = await all.server({mode: 'push'});
	await node.deploy('fib');
	const lost = await all.worker({slots: 2});
	await all.quiet();
	await node.api.submit(many(6));
	await lost.runs.reach(2);
	lost.crash();
	const other = await all.worker({act: run => run.succeed()});
	await all.until(other.runs.reach(6));
	await all.quiet();
	t.like(await node.api.status(), {inFlight: 0, ledger: {succeeded: 6}});
	t.is(new Set(other.runs.all.map(({task}) => task)).size, 6);
});

test('a function goes to the worker that has it warm, as long as that has a slot free', async t => {
	const all = await world(t);
	const node = await all.server({mode: 'push'});
	for (const name of ['a', 'b', 'c', 'd']) await node.deploy(name);
	const hands = [
		await all.worker({slots: 2, act: run => run.succeed()}),
		await all.worker({slots: 2, act: run => run.succeed()}),
	];
	for (let turn = 0; turn < 5; turn++) {
		for (const name of ['a', 'b', 'c', 'd']) await node.submit(name, name);
		await all.quiet();
	}
	const homes = new Map<unknown, Set<number>>();
	for (const [at, {runs}] of hands.entries()) {
		for (const {input} of runs.all) homes.set(input, (homes.get(input) ?? new Set()).add(at));
	}
	t.true([...homes.values()].every(({size}) => size === 1));
});

test('what is urgent has room in a worker that is full of what is not', async t => {
	const all = await world(t);
	const node = await all.server({mode: 'push'});
	await node.deploy('fib');
	const hand = await all.worker({slots: 1});
	await all.quiet();
	const low = {options: {class: 'low'}} as const;
	await node.api.submit(Array.from({length: 10}, (_, n) => submission('fib', n, low)));
	const [first] = await hand.runs.reach(1);
	await node.submit('fib', 'urgent', {options: {class: 'high'}});
	await all.quiet();
	first?.succeed();
	t.is((await hand.runs.reach(2))[1]?.input, 'urgent');
});

test('a server that stops leaves nothing waiting in its memory', async t => {
	const all = await world(t);
	const node = await all.server({mode: 'push', durable: true});
	await node.deploy('fib');
	const hand = await all.worker({slots: 1});
	await all.quiet();
	await node.api.submit(many(5));
	await hand.runs.reach(1);
	await node.stop();
	const next = await all.server({durable: true});
	for (let at = 0; at < 5; at++) (await all.until(hand.runs.reach(at + 1)))[at]?.succeed();
	await all.quiet();
	t.like(await next.api.status(), {inFlight: 0, ledger: {succeeded: 5}});
});

// Of a worker that dies before it has named what it was sent, the audit may know before the roster does.
for (const [who, auditMs] of [['the roster'], ['the audit', 250]] as const) {
	test(`a task that kills every worker it is sent to ends, though nothing comes back from a mailbox, found by ${who}`, async t => {
		const all = await world(t);
		const node = await all.server({mode: 'push', ...(auditMs && {auditMs})});
		await node.deploy('fib');
		const hire = () => all.worker({slots: 1});
		let hand = await hire();
		await all.quiet();
		const {task} = await node.submit('fib', 'killer');
		const ended = node.api.await(task, 3_600_000);
		let killed = 0;
		for (;;) {
			const isOver = await all.until(
				Promise.race([hand.runs.reach(1).then(() => false), ended.then(() => true)]),
			);
			if (isOver) break;
			// Somebody is there at any time, so the pool's queue has nothing of it.
			const next = await hire();
			await all.quiet();
			hand.crash();
			killed++;
			hand = next;
			t.true(killed < 10, 'it goes on killing');
		}
		t.like(must(await ended), {state: 'dead', failure: {code: 'DELIVERY_LIMIT'}, charged: 0, attempt: 1});
		t.is(killed, 5, 'one unasked, one with the first grant, three alone');
		t.true(queues(all).every(key => key.startsWith('warren.worker.')));
		const whys = must(await node.api.history(task)).entries.map(({why}) => why ?? '');
		t.is(whys.filter(why => why.includes('while it ran alone; dispatched again')).length, 3);
		t.true(whys.some(why => why.includes('granted to run alone, after 2 losses while it ran alone')));
	});
}
