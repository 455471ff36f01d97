// Timers of several homes in one store: each fires its own, at its time, whatever the others have due.
import test from 'ava';
import {pair} from './pair.ts';
import {must, world} from './world.ts';

test('a timer of another home that is due holds none of ours up', async t => {
	const all = await world(t, {shared: true});
	const [one, two] = await pair(all);
	const at = all.clock.now() + 10_000;
	// It fires nothing, and lives: its lease is renewed.
	const {promise: still, resolve} = Promise.withResolvers<void>();
	t.teardown(resolve);
	await one.submit('fib', 1, {options: {deadline: at}});
	const {task} = await two.submit('fib', 2, {options: {deadline: at + 300}});
	one.mishaps.store = verb => (verb === 'due' ? still : undefined);
	while (all.clock.now() < at + 600) {
		all.clock.advance(50);
		await all.quiet();
	}
	t.is(must(await two.api.inspect(task)).state, 'expired');
});
