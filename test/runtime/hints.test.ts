// Servers on one store that hint to each other what they did. No time passes in these tests but where it is
// said, so nobody is helped by looking.
import test from 'ava';
import {createHintHub} from './hintHub.ts';
import {pair} from './pair.ts';
import {pass} from './pass.ts';
import {must, world} from './world.ts';

test('whoever waits at one node hears at once of an end at another', async t => {
	const all = await world(t, {shared: true, hints: createHintHub()});
	const [one, two] = await pair(all);
	const {task} = await one.submit('fib', 1);
	const waited = two.api.await(task, 60_000);
	await all.worker({act: run => run.succeed()});
	t.is(must(await waited).state, 'succeeded');
});

test('what one node has no room for is placed by another, long before that looks', async t => {
	const all = await world(t, {shared: true, hints: createHintHub()});
	const [one] = await pair(all, {window: 2});
	// Counting is for a moment's rest after the one at the start; a look comes after two seconds.
	all.clock.advance(300);
	await all.quiet();
	for (let n = 0; n < 6; n++) await one.submit('fib', n);
	all.clock.advance(300);
	await all.quiet();
	const placed = (await all.rows()).filter(row => row.placed);
	t.deepEqual(placed.map(({home}) => home).toSorted(), ['n1', 'n1', 'n2', 'n2']);
});

test('what a node leaves that stops is taken up at once', async t => {
	const all = await world(t, {shared: true, hints: createHintHub()});
	const [one, two] = await pair(all);
	const {task} = await one.submit('fib', 1);
	await all.quiet();
	await one.stop();
	await all.quiet();
	t.is((await all.rows()).find(({id}) => id === task)?.home, 'n2');
	await all.worker({act: run => run.succeed()});
	await all.quiet();
	t.is(must(await two.api.inspect(task)).state, 'succeeded');
});

test('while hints are lost all is found by looking, and at once when they are back', async t => {
	const hints = createHintHub();
	const all = await world(t, {shared: true, hints});
	const [one, two] = await pair(all);
	hints.cut();
	const {task} = await one.submit('fib', 1);
	const waited = two.api.await(task, 60_000);
	const hand = await all.worker({act: run => run.succeed()});
	t.is(must(await all.until(waited)).state, 'succeeded');

	hand.crash();
	const {task: later} = await one.submit('fib', 2);
	const again = two.api.await(later, 600_000);
	await all.quiet();
	await all.worker({act: run => run.succeed()});
	await all.quiet();
	hints.mend();
	t.is(must(await again).state, 'succeeded');
	await pass(all, 1);
});
