import test from 'ava';
import type {Grant} from '#actors/task.ts';
import type {ClaimMessage} from '#contract/claim.ts';
import {checkOrder} from '#contract/control.ts';
import {checkWork, messageTypes} from '#contract/work.ts';
import {decodeFrame} from '#lib/frame.ts';
import {ear} from '#transport/topology.ts';
import {arrivals} from '../harness/arrivals.ts';
import {pass} from './pass.ts';
import {claim} from './words.ts';
import {must, submission, type World, world} from './world.ts';

/** A home with one task in the broker, and a test that asks as workers would. */
async function asking({server, line, names, quiet}: World) {
	const node = await server();
	await node.deploy('fib');
	const {task} = await node.submit('fib', 1, {replyTo: 'answers'});
	const answers = arrivals<{claim: string; grant: Grant}>('the answers');
	const keys = ['w0', 'w1', 'w2', 'w3', 'w4'].map(id => `worker.${id}`);
	await line.declare({exchanges: [], queues: [ear(names, 'w0', keys)]});
	await line.consume(names.ear('w0'), {prefetch: 10}, ({body}) => {
		const checked = checkOrder(decodeFrame<unknown>(body).head);
		if (checked.ok && checked.value.type === 'grant') answers.push(checked.value);
		return 'ack';
	});
	const ask = async (
		more: Partial<ClaimMessage> = {},
		queue = names.node('n1'),
	): Promise<Grant | undefined> => {
		const message = claim(queue, {task, attempt: 1, ...more});
		const {id} = JSON.parse(message.body.toString()) as ClaimMessage;
		await line.publish(message);
		await quiet();
		return answers.all.find(answer => answer.claim === id)?.grant;
	};
	const row = async () => (await node.store.load([task])).get(task);
	return {node, task, ask, row};
}

test('the first grant is for running as usual, the next only for running alone', async t => {
	const {ask, row} = await asking(await world(t));
	t.is(await ask(), 'yes');
	t.like(await row(), {grants: 1, revision: 2});
	t.is(await ask(), 'alone');
	t.like(await row(), {grants: 1, revision: 2}, 'that answer costs no commit');
	t.is(await ask({alone: true}), 'solo');
	t.like(await row(), {grants: 2, soloLosses: 0, soloCopies: ['n1.1.1 w0']});
});

test('any server may answer, at the queue of all', async t => {
	const all = await world(t);
	const {ask} = await asking(all);
	t.is(await ask({}, all.names.outcomes), 'yes');
});

test('another attempt, a task that has ended and one that nobody knows are denied', async t => {
	const {node, task, ask} = await asking(await world(t));
	t.is(await ask({attempt: 2}), 'no');
	t.is(await ask({task: 'nobody'}), 'no');
	must(await node.api.cancel(task));
	t.is(await ask(), 'no');
});

test('a copy that was lost three times with the worker it had for itself ends the task', async t => {
	const {node, task, ask, row} = await asking(await world(t));
	await ask();
	t.is(await ask({alone: true, worker: 'w1'}), 'solo');
	t.is(await ask({alone: true, worker: 'w2'}), 'solo');
	t.is(await ask({alone: true, worker: 'w3'}), 'solo');
	t.like(await row(), {soloLosses: 2, state: 'queued'});
	t.is(await ask({alone: true, worker: 'w4'}), 'no');
	t.like(must(await node.api.inspect(task)), {state: 'dead', failure: {code: 'DELIVERY_LIMIT'}, charged: 0});
	t.is(node.sent.all.filter(({properties}) => properties?.type === 'task.dead').length, 2);
});

test('a worker that asks again for the copy it holds has lost an answer, not its life', async t => {
	const {ask, row} = await asking(await world(t));
	await ask();
	for (let n = 0; n < 6; n++) t.is(await ask({alone: true, worker: 'w1'}), 'solo');
	t.like(await row(), {soloLosses: 0});
});

test('other copies of an attempt, and first deliveries, are no losses', async t => {
	const {ask, row} = await asking(await world(t));
	await ask();
	for (let n = 1; n < 6; n++) t.is(await ask({alone: true, worker: `w${n % 5}`, copy: `n1.1.${n}`}), 'solo');
	await ask({alone: true, worker: 'w4', copy: 'n1.1.9', redelivered: false});
	t.is(await ask({alone: true, worker: 'w3', copy: 'n1.1.9', redelivered: false}), 'solo');
	t.like(await row(), {soloLosses: 0, state: 'queued'});
});

for (const mode of ['pull', 'push'] as const)
	test(`a task that kills every worker it runs on ends alone, and its neighbours live (${mode})`, async t => {
		const all = await world(t);
		const {server, worker, until} = all;
		const node = await server({mode});
		await node.deploy('fib');
		const tasks = ['good', 'good', 'killer', 'good'].map(input => submission('fib', input));
		const ids = (await node.api.submit(tasks)).map(answer => (answer.ok ? answer.value.task : ''));
		const ended = Promise.all(ids.map(id => node.api.await(id, 3_600_000)));
		let company: number[] = [];
		while ((await node.store.load(ids)).get(ids[2] ?? '')?.state === 'queued') {
			const died = Promise.withResolvers<void>();
			const hand = await worker({
				slots: 4,
				// What began in the same turn as the killer dies with it.
				act: run => void setImmediate(() => (run.input === 'killer' ? died.resolve() : run.succeed())),
			});
			await until(Promise.race([died.promise, ended]));
			if (hand.executors.inside > 0) company = [...company, hand.executors.inside];
			hand.crash();
		}
		await worker({act: run => run.succeed()});
		const states = (await until(ended)).map(answer => must(answer));
		t.deepEqual(
			states.map(({state}) => state),
			['succeeded', 'succeeded', 'dead', 'succeeded'],
		);
		t.like(states[2], {failure: {code: 'DELIVERY_LIMIT'}, charged: 0, attempt: 1});
		t.true(states.every(({charged}) => charged === 0));
		t.true(company.length <= 6, `it was run with ${company.join()} inside`);
		t.deepEqual(
			company.slice(2),
			company.slice(2).map(() => 1),
			'from its third run on it was alone',
		);
	});

test('work that the broker gave up on is dispatched again, marked, and nobody is charged', async t => {
	const all = await world(t);
	const {line, names, quiet} = all;
	const {node, task} = await asking(all);
	const held = Promise.withResolvers<'retry'>();
	let seen = 0;
	const drops = () => (seen++ < 3 ? 'drop' : held.promise);
	await line.consume(names.work('default', 'normal'), {prefetch: 1}, drops);
	await quiet();
	const works = node.sent.all.filter(({properties}) => properties?.type === 'warren.work');
	const again = works.map(({body}) => {
		const checked = checkWork(decodeFrame<unknown>(body).head);
		return checked.ok && checked.value.items.every(item => item.again && item.task === task);
	});
	t.deepEqual(again, [false, true, true, true]);
	t.like(must(await node.api.inspect(task)), {state: 'queued', attempt: 1, charged: 0});
});

test('a claim that the store does not take for a while is answered once it does, and sends no second copy', async t => {
	const all = await world(t);
	const {node, ask, row} = await asking(all);
	const copies = () => node.sent.all.filter(({properties}) => properties?.type === messageTypes.work).length;
	node.mishaps.store = verb => (verb === 'commit' ? 'refused' : undefined);
	t.is(await ask(), undefined);
	await pass(all, 3);
	node.mishaps.store = () => undefined;
	await pass(all, 3);
	t.like(await row(), {grants: 1});
	t.is(copies(), 1);
});
