// The headers of a request: those that its operation knows, and those that a front door meets anyway.
import fc from 'fast-check';
import type {Json, Parameter} from './document.ts';
import {textOf, valueFor, type Wish} from './values.ts';

export function headersOf(
	own: readonly Parameter[],
	body: Json | undefined,
	wish: Wish,
): fc.Arbitrary<[string, string][]> {
	const pairs = own.map(({name, schema}) => {
		const value =
			wish === 'valid' ? (tellingHeaders[name] ?? valueFor(schema, wish)) : valueFor(schema, wish);
		const header = value.map((one): [string, string] => [name, inHeader(textOf(one))]);
		const weight = wish === 'valid' ? 1 : 4;
		return fc.oneof({weight, arbitrary: header}, {weight: 8, arbitrary: fc.constant(undefined)});
	});
	const type: [string, string] = ['Content-Type', 'application/json'];
	const types = fc.constantFrom(...contentTypes.map((one): [string, string] => ['Content-Type', one]));
	const strange = fc.array(fc.constantFrom(...strangeHeaders), {maxLength: 3});
	const typed = wish === 'valid' ? fc.constant(type) : fc.oneof(fc.constant(type), types);
	return fc
		.tuple(fc.tuple(...pairs), typed, wish === 'valid' ? fc.constant([]) : strange)
		.map(([list, one, more]) => [
			...list.filter(pair => pair !== undefined),
			...(body || wish !== 'valid' ? [one] : []),
			...more,
		]);
}

/** Without what would end the header: broken HTTP is tried apart. */
const inHeader = (text: string): string => text.replace(/[^\t\x20-\x7e\x80-\xff]/g, '?').slice(0, 6000);

/** A deadline is mostly over, and a version mostly unknown: that would be all there is to see. */
const tellingHeaders: Readonly<Record<string, fc.Arbitrary<unknown>>> = {
	'Warren-Deadline': fc.constantFrom(0, 4e12, 2 ** 53 - 1),
	'Warren-Version': fc.constantFrom('f00'),
	'Warren-Expires-In-Ms': fc.constantFrom(1, 1000, 2 ** 40),
	'Warren-Timeout-Ms': fc.constantFrom(1, 500.5, 1e9),
};

const contentTypes = [
	...[
		'text/plain',
		'application/x-www-form-urlencoded',
		'multipart/form-data; boundary=x',
		'application/xml',
		'',
	],
	...[
		'application/json; charset=utf-8',
		'application/json; charset=utf-16',
		'APPLICATION/JSON',
		'application/json;;',
	],
	...[
		'application/json-patch+json',
		'application/x-ndjson',
		'Application/X-NDJSON; charset=utf-8',
		'application/json, text/plain',
		'json',
		'*/*',
		'application/json; charset="',
	],
];

const strangeHeaders: readonly [string, string][] = [
	...(['gzip', 'br', 'deflate', 'identity', 'gzip, gzip', ''].map(one => ['Content-Encoding', one]) as [
		string,
		string,
	][]),
	...(['respond-async', 'wait=0', 'wait=1, respond-async', 'wait=-1', 'x'.repeat(3000)].map(one => [
		'Prefer',
		one,
	]) as [string, string][]),
	...([
		['Host', 'evil.example'],
		['Host', ''],
		['Origin', 'https://evil.example'],
		['Origin', 'null'],
	] as [string, string][]),
	...([
		['Sec-Fetch-Site', 'cross-site'],
		['Expect', '100-continue'],
		['Expect', 'tea'],
		['Range', 'bytes=0-0'],
	] as [string, string][]),
	...([
		['Upgrade', 'websocket'],
		['Upgrade', 'h2c'],
		['HTTP2-Settings', 'AAMAAABkAAQAAP__'],
	] as [string, string][]),
	...([
		['Accept', 'text/html'],
		['Accept-Encoding', 'gzip'],
		['Accept-Version', '9.x'],
		['If-None-Match', '*'],
	] as [string, string][]),
	...([
		['Warren-Unknown', '1'],
		['Idempotency-Key', 'one'],
		['Idempotency-Key', 'two'],
		['Content-Type', 'text/plain'],
	] as [string, string][]),
	...([
		['Cookie', 'a=b'],
		['X-Forwarded-For', '::1'],
		['X-Http-Method-Override', 'DELETE'],
		['X', 'y'.repeat(20_000)],
	] as [string, string][]),
	...([
		['Traceparent', '00-zz'],
		['Warren-Deadline', '1'],
		['Warren-Timeout-Ms', '1'],
		['__proto__', 'x'],
	] as [string, string][]),
];
