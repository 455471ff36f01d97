// What was cancelled at any of several servers is never started, whichever of them a worker asks.
import test from 'ava';
import {pair} from './pair.ts';
import {pass} from './pass.ts';
import {must, world} from './world.ts';

test('a worker that starts is told by every server what it must never start', async t => {
	const all = await world(t, {shared: true});
	const servers = await pair(all);
	const cancelled: string[] = [];
	for (const server of servers) {
		const {task} = await server.submit('fib', server.home.id);
		must(await all.until(server.api.cancel(task)));
		cancelled.push(task);
	}
	const {task} = await servers[0].submit('fib', 'good');
	const hand = await all.worker({act: run => run.succeed()});
	await pass(all, 2);
	t.deepEqual(
		hand.runs.all.map(run => run.task),
		[task],
	);
	for (const one of cancelled) t.is(must(await servers[0].api.inspect(one)).state, 'cancelled');
});
