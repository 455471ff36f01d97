// What a server finds in the broker when it starts again: what waits there is not lost, what is nowhere is.
import test from 'ava';
import {pass} from './pass.ts';
import {dispatches, steal} from './theft.ts';
import {must, submission, type World, world} from './world.ts';

const audited = {auditMs: 5000, durable: true};
const waiting = 20;

/** A server with a worker of one slot, which is busy, and much that waits behind that; then it is gone. */
async function busy(all: World) {
	const old = await all.server(audited);
	await old.deploy('fib');
	const hand = await all.worker({slots: 1});
	await old.submit('fib', 0);
	await hand.runs.reach(1);
	const tasks = Array.from({length: waiting}, (_, n) => submission('fib', n + 1));
	const ids = (await old.api.submit(tasks)).map(answer => must(answer).task);
	await pass(all, 3);
	await old.stop();
	return {hand, ids, queue: all.names.work('default', 'normal')};
}

test('what waits in the queue behind busy workers is not lost because its server began again', async t => {
	const all = await world(t);
	const {hand} = await busy(all);
	const before = dispatches(all);
	for (let restart = 0; restart < 3; restart++) {
		const node = await all.server(audited);
		await pass(all, 30);
		t.like(must(await node.api.audit()), {balanced: true, healed: {}, breaks: []});
		await node.stop();
	}
	t.is(dispatches(all), before);
	t.is(hand.runs.all.length, 1);
});

test('what was lost while no server was there is found once what was queued after the start has come out', async t => {
	const all = await world(t);
	const {hand, ids, queue} = await busy(all);
	await steal(all, queue);
	const node = await all.server(audited);
	const later = await node.submit('fib', 100);
	await pass(all, 20);
	t.like(must(await node.api.audit()), {balanced: true, healed: {}, breaks: []});

	for (let n = 0; n <= waiting; n++) {
		(await all.until(hand.runs.reach(n + 1)))[n]?.succeed();
		await all.quiet();
	}
	await pass(all, 20);
	hand.runs.all.at(-1)?.succeed();
	await all.quiet();
	t.like(must(await node.api.audit()), {balanced: true, healed: {lost: 1}});
	for (const task of [...ids, later.task]) {
		t.like(must(await node.api.inspect(task)), {state: 'succeeded', attempt: 1, charged: 0});
	}
});

test('what was purged while no server was there is found within two audits', async t => {
	const all = await world(t);
	const {queue, ids} = await busy(all);
	const thief = await all.line.consume(queue, {prefetch: waiting}, () => 'ack');
	await all.quiet();
	await thief.cancel();
	const node = await all.server(audited);
	await pass(all, 16);
	t.like(must(await node.api.audit()), {healed: {lost: waiting - 1}, placed: {node: ids.length + 1}});
});

test('what a server kept in its own process is dispatched again at once, though it pulls in its next life', async t => {
	const all = await world(t);
	const old = await all.server({...audited, hands: {}});
	await old.deploy('fib');
	const {task} = await old.submit('fib', 1);
	await old.hands?.runs.reach(1);
	// So that the store knows that it was dispatched.
	await old.submit('fib', 2);
	await pass(all, 10);
	old.crash();
	const node = await all.server(audited);
	const hand = await all.worker({act: run => run.succeed()});
	await all.quiet();
	t.is(hand.runs.all.length, 2);
	t.like(must(await node.api.inspect(task)), {state: 'succeeded', attempt: 1, charged: 0});
});
