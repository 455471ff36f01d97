import test from 'ava';
import {formatDuration, parseDuration} from '#lib/duration.ts';

test('spans are read as people write them', t => {
	const spans: [string, number | undefined][] = [
		['500ms', 500],
		['30s', 30_000],
		['1.5s', 1500],
		[' 5m ', 300_000],
		['2h', 7_200_000],
		['7d', 604_800_000],
		['30', undefined],
		['-1s', undefined],
		['s', undefined],
		['1 s', undefined],
		[`${'9'.repeat(30)}d`, undefined],
	];
	for (const [text, ms] of spans) t.is(parseDuration(text), ms, text);
});

test('spans are written in their largest unit', t => {
	t.deepEqual([0, 340, 1500, 90_000, 7_200_000, 604_800_000].map(formatDuration), [
		'0ms',
		'340ms',
		'1.5s',
		'1.5m',
		'2h',
		'7d',
	]);
});
