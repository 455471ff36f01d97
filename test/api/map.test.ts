import test from 'ava';
import fc from 'fast-check';
import {cut} from '#api/map.ts';

const textsOf = (lines: Buffer, size?: number) => cut(lines, size).map(({text}) => text.toString());

test('inputs are cut into chunks of at most so many, in their order', t => {
	const lines = Buffer.from(Array.from({length: 7}, (_, at) => `${at}`).join('\n'));
	t.deepEqual(textsOf(lines, 3), ['0\n1\n2', '3\n4\n5', '6']);
	t.deepEqual(
		cut(lines, 3).map(({first, count}) => [first, count]),
		[
			[0, 3],
			[3, 3],
			[6, 1],
		],
	);
});

test('few inputs are spread over many tasks, many come in chunks of 500', t => {
	const lines = (count: number) => Buffer.from('1\n'.repeat(count));
	t.is(cut(lines(64)).length, 64);
	t.is(cut(lines(640)).length, 64);
	t.is(cut(lines(100_000)).length, 200);
});

test('large inputs make chunks of few', t => {
	const lines = Buffer.from(Array.from({length: 5}, () => `"${'x'.repeat(100_000)}"`).join('\n'));
	t.deepEqual(
		cut(lines, 1000).map(({count}) => count),
		[2, 2, 1],
	);
});

test('whatever lines there are, each that is not blank is in one chunk, in its place', t => {
	const line = fc.oneof(fc.constant(''), fc.constant(' \r'), fc.integer().map(String));
	fc.assert(
		fc.property(fc.array(line), fc.integer({min: 1, max: 10}), (lines, size) => {
			const chunks = cut(Buffer.from(lines.join('\n')), size);
			const inputs = lines.filter(text => text.trim() !== '');
			t.deepEqual(
				chunks.flatMap(({text}) => text.toString().split('\n')),
				inputs,
			);
			let next = 0;
			for (const {first, count, text} of chunks) {
				t.is(first, next);
				t.is(text.toString().split('\n').length, count);
				t.true(count <= size);
				next += count;
			}
		}),
	);
});
