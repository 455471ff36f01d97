import test from 'ava';
import {createProgress} from '#runtime/progress.ts';

const lane = {pool: 'default', class: 'normal'} as const;

test('how far a queue had come out is told for any time of the last half minute', t => {
	const progress = createProgress();
	t.is(progress.by(lane, 1000), undefined);
	progress.note(lane, 5, 1000);
	progress.note(lane, 3, 1500);
	progress.note(lane, 9, 2000);
	t.is(progress.by(lane, 999), undefined);
	t.is(progress.by(lane, 1000), 5);
	t.is(progress.by(lane, 1999), 5, 'one that is older says nothing new');
	t.is(progress.by(lane, 2000), 9);
	t.is(progress.by({...lane, pool: 'other'}, 2000), undefined);
});

test('what is noted in quick succession counts from its end, so nothing is told too early', t => {
	const progress = createProgress();
	for (let n = 1; n <= 100; n++) progress.note(lane, n, 1000 + n);
	t.is(progress.by(lane, 1001), undefined);
	t.is(progress.by(lane, 1100), 100);
});

test('the oldest is forgotten, and then says nothing', t => {
	const progress = createProgress();
	for (let n = 1; n <= 1000; n++) progress.note(lane, n, n * 1000);
	t.is(progress.by(lane, 10_000), undefined);
	t.is(progress.by(lane, 999_000), 999);
});
