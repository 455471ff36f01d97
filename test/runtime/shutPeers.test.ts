// One of several servers, whose store takes nothing: what came to it is carried by another.
import test from 'ava';
import {messageTypes} from '#contract/work.ts';
import {pair} from './pair.ts';
import {pass} from './pass.ts';
import {must, type Server, world} from './world.ts';

/** Longer than a lease and the look after it. */
const longEnough = 14;

const away = (one: Server) => {
	one.mishaps.store = () => 'refused';
};
const back = (one: Server) => {
	one.mishaps.store = () => undefined;
};

test('an outcome for a node whose store is out of reach is taken by another', async t => {
	const all = await world(t, {shared: true});
	const [one, two] = await pair(all);
	const {task} = await one.submit('fib', 1);
	await all.quiet();
	away(one);
	const hand = await all.worker({act: run => run.succeed('done')});
	await pass(all, longEnough);
	t.like(must(await two.api.inspect(task)), {state: 'succeeded', attempt: 1, charged: 0});
	t.is(hand.runs.all.length, 1);

	back(one);
	await pass(all, 1);
	const {task: later} = await one.submit('fib', 2);
	await pass(all, 1);
	t.is(must(await one.api.inspect(later)).state, 'succeeded');
	t.is(all.record.ends.length, 2);
});

test('submissions over AMQP go past a node whose store is out of reach, and to it again once it is back', async t => {
	const all = await world(t, {shared: true});
	const [one, two] = await pair(all, {door: true});
	const publish = async (count: number) => {
		for (let n = 0; n < count; n++) {
			const message = {exchange: all.names.tasks, key: 'fib', body: Buffer.from(String(n))};
			t.is(await all.line.publish(message), 'taken');
		}
	};
	const homes = async () => [...new Set((await all.rows()).map(({home}) => home))].toSorted();
	away(one);
	await publish(10);
	// As long as it takes to see that it is no chance.
	await pass(all, 2);
	t.is((await all.rows()).length, 10);
	t.deepEqual(await homes(), ['n2']);
	const before = two.life.steps.length;
	await publish(10);
	await all.quiet();
	t.is((await all.rows()).length, 20, 'none of them has waited for a try of the other');
	t.true(two.life.steps.length > before);

	back(one);
	await pass(all, 1);
	await publish(10);
	await all.quiet();
	t.is((await all.rows()).length, 30);
	t.deepEqual(await homes(), ['n1', 'n2']);
});

test('what another has decided meanwhile is done by that one alone', async t => {
	const all = await world(t, {shared: true});
	const [one, two] = await pair(all);
	await all.line.declare({exchanges: [], queues: [{name: 'answers', type: 'quorum'}]});
	const asked = {replyTo: 'answers'};
	const {task: well} = await one.submit('fib', 1, asked);
	await one.deploy('flaky', {maxAttempts: 3});
	const {task: again} = await one.submit('flaky', 2, asked);
	await all.quiet();
	away(one);
	const hand = await all.worker();
	const runOf = async (task: string, attempt: number) => {
		const is = (run: {task: string; attempt: number}) => run.task === task && run.attempt === attempt;
		await pass(all, 1);
		return hand.runs.all.find(is);
	};
	(await runOf(well, 1))?.succeed();
	(await runOf(again, 1))?.fail('FUNCTION_THREW');
	await pass(all, longEnough);
	t.truthy(await runOf(again, 2), 'the other has sent the second attempt');
	back(one);
	await pass(all, longEnough);
	(await runOf(again, 2))?.succeed();
	await pass(all, 2);
	const sent = (type: string) => all.record.sent.filter(({properties}) => properties?.type === type).length;
	t.is(sent('task.succeeded'), 2);
	t.is(hand.runs.all.length, 3);
	t.is(sent(messageTypes.work), 3);
	for (const task of [well, again]) t.is(must(await two.api.inspect(task)).state, 'succeeded');
});
