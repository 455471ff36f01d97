import test from 'ava';
import {tallied} from '#worker/tally.ts';
import {createFakeClock} from '../harness/clock.ts';
import {scripted} from '../runtime/scripted.ts';
import {itemOf, nap, observe, pool} from './pool.ts';

test('what ended is counted, and how long it had its slot', async t => {
	const clock = createFakeClock();
	const inside = scripted(4);
	const executors = tallied(clock, inside);
	t.like(executors.report(), {executors: 1, ended: 0, slotMs: 0});
	const watched = observe(executors, await nap(), [itemOf(0), itemOf(0)]);
	clock.advance(300);
	t.like(executors.report(), {ended: 0, slotMs: 0}, 'what runs has not ended');
	inside.runs.all[0]?.succeed();
	clock.advance(50);
	inside.runs.all[1]?.fail('FUNCTION_THREW');
	t.is((await watched.settled).length, 2);
	t.like(executors.report(), {ended: 2, slotMs: 350});
	t.is(executors.free, inside.free);
});

test('what is stopped before it begins has had no slot', async t => {
	const executors = tallied(createFakeClock(), await pool(t, {slotsEach: 1}));
	const [first, second] = [itemOf(60_000), itemOf(60_000)];
	const watched = observe(executors, await nap(), [first, second]);
	await watched.began(first);
	t.true(executors.stop(second.task, second.attempt));
	t.true(executors.stop(first.task, first.attempt));
	await watched.settled;
	t.like(executors.report(), {ended: 1});
});
