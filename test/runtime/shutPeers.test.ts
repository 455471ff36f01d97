// One of several servers, whose store takes nothing: what came to it is carried by another.
import test from 'ava';
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
	const homes = async () => new Set((await all.rows()).map(({home}) => home));
	away(one);
	await publish(10);
	// As long as it takes to see that it is no chance.
	await pass(all, 2);
	t.is((await all.rows()).length, 10);
	t.deepEqual(await homes(), new Set(['n2']));
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
	t.deepEqual(await homes(), new Set(['n1', 'n2']));
});
