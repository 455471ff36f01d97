import test from 'ava';
import fc from 'fast-check';
import type {Api} from '#api/api.ts';
import {cut, map} from '#api/map.ts';

const about = {function: 'fn', door: 'api'} as const;
const textsOf = (lines: Buffer, size: number) => cut(lines, {size}).map(({text}) => text.toString());

test('inputs are cut into chunks of at most so many, in their order', t => {
	const lines = Buffer.from(Array.from({length: 7}, (_, at) => `${at}`).join('\n'));
	t.deepEqual(textsOf(lines, 3), ['0\n1\n2', '3\n4\n5', '6']);
	t.deepEqual(
		cut(lines, {size: 3}).map(({first, count}) => [first, count]),
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
		cut(lines, {size: 1000}).map(({count}) => count),
		[2, 2, 1],
	);
});

test('no chunk is larger than an input may be', async t => {
	const inputs = Array.from({length: 20}, () => `"${'x'.repeat(98)}"`);
	const taken: number[] = [];
	const submit: Api['submit'] = async submissions => {
		for (const {input} of submissions) taken.push(input.length);
		return [];
	};
	await map(submit, {payloadBytes: 310}, {...about, size: 20, lines: Buffer.from(inputs.join('\n'))});
	t.deepEqual(taken, [302, 302, 302, 302, 302, 302, 201]);
});

test('more chunks than are taken are refused before any is made', async t => {
	const lines = Buffer.from('1\n'.repeat(1_000_000));
	const submit = () => t.fail('nothing is to be submitted') as never;
	const answer = await map(submit, {payloadBytes: 1000}, {...about, size: 1, lines, mostChunks: 10});
	t.like(answer, {ok: false, failure: {code: 'INVALID_INPUT'}});
	t.regex(answer.ok ? '' : answer.failure.message, /at most 10 chunks in one request.* larger `size`/);
	t.is(cut(lines, {size: 1, mostChunks: 10}).length, 11);
});

test('whatever lines there are, each that is not blank is in one chunk, in its place', t => {
	const line = fc.oneof(fc.constant(''), fc.constant(' \r'), fc.integer().map(String));
	fc.assert(
		fc.property(fc.array(line), fc.integer({min: 1, max: 10}), (lines, size) => {
			const chunks = cut(Buffer.from(lines.join('\n')), {size});
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
