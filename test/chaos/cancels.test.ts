// What is promised of cancels must be held against what was measured and heard.
import test from 'ava';
import type {Heartbeat} from '#contract/control.ts';
import {createOver, type Spread, tooLate} from './cancels.ts';

const spread = (p99: number): Spread => ({count: 334, p50: 70, p99, most: 900});
const beat = (task: string, startedAt: number | null) =>
	({held: [{task, attempt: 1, function: 'endless', startedAt}]}) as unknown as Heartbeat;

test('of a thousand cancels a p99 stop over 250 ms is not held, and is named by what ran', t => {
	t.deepEqual(tooLate(1000, {spins: spread(250), awaits: spread(250)}), []);
	t.deepEqual(tooLate(1000, {spins: spread(251), awaits: spread(250)}), [
		'of 1000 cancels the p99 stop of what spins took 251 ms, more than 250',
	]);
	t.is(tooLate(1000, {spins: spread(300), awaits: spread(300)}).length, 2);
});

test('of fewer cancels no time is asked', t => {
	t.deepEqual(tooLate(999, {spins: spread(900), awaits: spread(900)}), []);
});

test('what any later beat says to run after its cancel is named, once', t => {
	const over = createOver();

	over.hear(beat('early', 5));
	over.add('early');
	over.add('late');
	over.hear(beat('late', null));
	t.deepEqual(over.broken(), []);

	over.hear(beat('other', 5));
	over.hear(beat('late', 6));
	over.hear(beat('late', 6));
	t.deepEqual(over.broken(), ['late ran after its cancel']);
});
