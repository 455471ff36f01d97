// What is sent as arrays in binary is what PostgreSQL reads.
import test from 'ava';
import fc from 'fast-check';
import pg from 'pg';
import {type ElementType, encodeArray} from '#store/postgres/array.ts';
import {postgres} from '../harness/postgres.ts';

const most = 2 ** 53 - 1;
const character = fc.oneof(
	fc.string({unit: 'binary', maxLength: 1}),
	fc.constantFrom('', '"', '\\', ',', '{', '}', 'NULL'),
);
// PostgreSQL has no U+0000 (text.ts).
const text = fc.array(character, {maxLength: 40}).map(parts => parts.join('').replaceAll('\u0000', ''));
const elements: Readonly<Record<ElementType, fc.Arbitrary<unknown>>> = {
	text,
	bigint: fc.integer({min: -most, max: most}),
	integer: fc.integer({min: -(2 ** 31), max: 2 ** 31 - 1}),
	boolean: fc.boolean(),
};

test('every array comes out as it went in, with its nulls, and however long its texts are', async t => {
	const client = new pg.Client({connectionString: await postgres()});
	await client.connect();
	t.teardown(() => client.end());
	const back = async (type: ElementType, values: readonly unknown[]): Promise<unknown> => {
		const asked = `select to_jsonb($1::${type}[]) as sent`;
		return (await client.query<{sent: unknown}>(asked, [encodeArray(type, values)])).rows[0]?.sent;
	};
	for (const [type, element] of Object.entries(elements) as [ElementType, fc.Arbitrary<unknown>][]) {
		const values = fc.array(fc.option(element), {maxLength: 50});
		const property = fc.asyncProperty(values, async sent => {
			t.deepEqual(await back(type, sent), sent);
		});
		await fc.assert(property, {numRuns: 100, examples: [[[]], [[null]]]});
	}
	const long = ['é'.repeat(100_000), null, '𝄞'.repeat(100_000)];
	t.deepEqual(await back('text', long), long);
});
