// A server that has no connection to the broker hears nobody, and concludes nothing from that.
import test from 'ava';
import {pass} from './pass.ts';
import {must, world} from './world.ts';

const second = 1000;

test('a worker that died while the broker was away is lost soon after, and what it had runs elsewhere', async t => {
	const all = await world(t);
	const node = await all.server({auditMs: 5 * second});
	await node.deploy('fib');
	const hand = await all.worker({id: 'w-stalled', slots: 1});
	const {task} = await node.submit('fib', 1);
	await hand.runs.reach(1);
	await pass(all, 1);
	const heal = node.part();
	// It stands still, and the broker takes it for alive.
	hand.mishaps.broker = () => 'refused';
	await pass(all, 30);
	heal();
	await pass(all, 2.5);
	t.deepEqual(
		must(await node.api.history(task)).entries.map(({event}) => event),
		['admit'],
	);
	const other = await all.worker({id: 'w-other', act: run => run.succeed()});
	await pass(all, 2);
	t.is(other.runs.all.length, 1);
	t.like(must(await node.api.inspect(task)), {state: 'succeeded', attempt: 1, charged: 0});
});
