import test from 'ava';
import fc from 'fast-check';
import {jsonFlaw} from '#lib/jsonFlaw.ts';
import {itemsOf, linesOf, membersOf} from '#lib/jsonSlices.ts';

const flaw = (text: string) => jsonFlaw(Buffer.from(text));

test('a JSON text has no flaw', t => {
	fc.assert(fc.property(fc.json(), text => flaw(text) === undefined));
	t.is(flaw(' {"a": [1, -0.5e+3, "\\u00e9\\n", true, null, {}, []]} '), undefined);
});

test('a flaw is told with its place', t => {
	const places: [string, string][] = [
		['{"a": x}', 'unexpected `x` at line 1, column 7 (position 6)'],
		['{\n  "a": 1,\n}', 'unexpected `}` at line 3, column 1 (position 12)'],
		['[1, 2', 'unexpected end at line 1, column 6 (position 5)'],
		['', 'unexpected end at line 1, column 1 (position 0)'],
		['[1 2]', 'unexpected `2` at line 1, column 4 (position 3)'],
		['[1,]', 'unexpected `]` at line 1, column 4 (position 3)'],
		['{"a" 1}', 'unexpected `1` at line 1, column 6 (position 5)'],
		['{a: 1}', 'unexpected `a` at line 1, column 2 (position 1)'],
		['"abc', 'unexpected end at line 1, column 5 (position 4)'],
		['"a\nb"', 'unexpected `\n` at line 1, column 3 (position 2)'],
		['01', 'unexpected `1` at line 1, column 2 (position 1)'],
		['1.', 'unexpected `.` at line 1, column 2 (position 1)'],
		['{} {}', 'unexpected `{` at line 1, column 4 (position 3)'],
		['[}', 'unexpected `}` at line 1, column 2 (position 1)'],
		["{'a': 1}", "unexpected `'` at line 1, column 2 (position 1)"],
		['nul', 'unexpected `n` at line 1, column 1 (position 0)'],
	];
	for (const [text, expected] of places) t.is(flaw(text), expected, text);
});

test('whatever the parser refuses has a flaw with a place inside the text', t => {
	const broken = fc.tuple(fc.json(), fc.nat(), fc.string({maxLength: 3})).map(([text, at, noise]) => {
		const cut = at % (text.length + 1);
		return text.slice(0, cut) + noise + text.slice(cut + 1);
	});
	fc.assert(
		fc.property(broken, text => {
			const found = flaw(text);
			const place = Number(/position (\d+)\)$/.exec(found ?? '')?.[1] ?? 0);
			return found === undefined ? valid(text) : !valid(text) && place <= text.length;
		}),
	);
	t.is(jsonFlaw(Buffer.from([0x22, 0xff, 0x22])), 'not UTF-8');
});

test('a large text with a flaw at its end is told too', t => {
	const text = `["${'a\\n'.repeat(2_500_000)}", x]`;
	t.regex(flaw(text) ?? '', /^unexpected `x` at line 1/);
});

test('items and members are cut out byte for byte', t => {
	const items = itemsOf(Buffer.from(' [ 1.0, "a,]\\"b" ,{"x": [1,2]}, 12345678901234567890 ] '));
	t.deepEqual(items?.map(String), ['1.0', '"a,]\\"b"', '{"x": [1,2]}', '12345678901234567890']);
	t.deepEqual(itemsOf(Buffer.from('[]')), []);
	t.is(itemsOf(Buffer.from('{"a": 1}')), undefined);
	const members = membersOf(
		Buffer.from('{"input": {"a:b": 1.0}, "opt\\u0069ons" : {"key":"k"}, "s": "\\\\"}'),
	);
	t.is(String(members?.get('input')), '{"a:b": 1.0}');
	t.is(String(members?.get('options')), '{"key":"k"}');
	t.is(String(members?.get('s')), '"\\\\"');
	t.is(membersOf(Buffer.from('[]')), undefined);
});

test('no more items are cut out than are asked for, and one that says there are more', t => {
	t.is(itemsOf(Buffer.from('[1, 2, 3]'), 3)?.length, 3);
	t.is(itemsOf(Buffer.from(`[${'1,'.repeat(1000)}1]`), 3)?.length, 4);
});

test('items are lines, whatever they hold', t => {
	fc.assert(
		fc.property(fc.array(fc.jsonValue()), fc.nat(3), (value, indent) => {
			const lines = linesOf(Buffer.from(JSON.stringify(value, null, indent)))?.toString() ?? '';
			t.deepEqual(
				lines
					.split('\n')
					.slice(0, -1)
					.map(line => JSON.parse(line) as unknown),
				JSON.parse(JSON.stringify(value)),
			);
		}),
	);
	t.is(linesOf(Buffer.from('{"a": 1}')), undefined);
});

test('what is no JSON text comes to an end all the same', t => {
	for (const text of ['["aa', '["', '[', '["\\', '{"a', '{"a": "b']) {
		t.notThrows(() => itemsOf(Buffer.from(text)));
		t.notThrows(() => linesOf(Buffer.from(text)));
	}
	fc.assert(
		fc.property(fc.stringMatching(/^[[{"\\,:}\]a ]{0,20}$/), text => {
			itemsOf(Buffer.from(text));
			linesOf(Buffer.from(text));
		}),
	);
});

test('cutting and parsing give what parsing gives', t => {
	fc.assert(
		fc.property(fc.array(fc.jsonValue()), fc.nat(3), (value, indent) => {
			const items = itemsOf(Buffer.from(JSON.stringify(value, null, indent))) ?? [];
			t.deepEqual(
				items.map(item => JSON.parse(item.toString())),
				JSON.parse(JSON.stringify(value)),
			);
		}),
	);
	fc.assert(
		fc.property(fc.dictionary(fc.string(), fc.jsonValue()), fc.nat(3), (value, indent) => {
			const text = JSON.stringify(value, null, indent);
			const members = [...(membersOf(Buffer.from(text)) ?? [])];
			t.deepEqual(
				members.map(([name, part]) => [name, JSON.parse(part.toString())]),
				Object.entries(JSON.parse(text) as object),
			);
		}),
	);
});

function valid(text: string): boolean {
	try {
		JSON.parse(text);
		return true;
	} catch {
		return false;
	}
}
