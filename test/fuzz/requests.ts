// Requests made from the document: each from one of its operations, with one part or all of it wrong.
import {gzipSync} from 'node:zlib';
import fc from 'fast-check';
import type {Json, Operation, Parameter} from './document.ts';
import {headersOf} from './headers.ts';
import {hostileText, textOf, valueFor, type Wish} from './values.ts';

export type Request = {
	readonly operation: Operation;
	/** Where it differs from the operation's own, that is what is tried. */
	readonly method: string;
	readonly path: string;
	readonly query: string;
	readonly headers: readonly (readonly [name: string, value: string])[];
	readonly body: Buffer | undefined;
	/** `cut`: the end of the body never comes. `torn`: nor does that of a chunk. */
	readonly framing: 'length' | 'chunked' | 'cut' | 'torn';
};

/** Stands for a task that was made before; which one is a matter of the world. */
export const someTask = '@task';

const knownFunctions = ['echo', 'echo', 'echo', 'slow', 'throws', 'fuzz-a', 'fuzz-b'];
/** These may be removed; that the others are there is what the rest is about. */
const mortal = /^fuzz-/;
const part = [
	'none',
	'none',
	'path',
	'query',
	'headers',
	'body',
	'body',
	'framing',
	'method',
	'all',
] as const;

export function requestTo(operations: readonly Operation[]): fc.Arbitrary<Request> {
	const weights = operations.map(one => ({weight: weightOf(one), arbitrary: fc.constant(one)}));
	return fc.tuple(fc.oneof(...weights), fc.constantFrom(...part)).chain(([operation, wrong]) => {
		const wish = (what: (typeof part)[number]): fc.Arbitrary<Wish> =>
			wrong === what || wrong === 'all' ? fc.constantFrom('near', 'hostile') : fc.constant('valid');
		const from = (place: Parameter['in']) => operation.parameters.filter(one => one.in === place);
		return fc.record({
			operation: fc.constant(operation),
			method: wrong === 'method' ? fc.constantFrom(...otherMethods) : fc.constant(operation.method),
			path: wish('path').chain(kind => pathOf(operation, kind)),
			query: wish('query').chain(kind => queryOf(from('query'), kind)),
			headers: wish('headers').chain(kind => headersOf(from('header'), operation.body, kind)),
			body: wish('body').chain(kind => bodyOf(operation.body, kind)),
			framing: framingOf(operation.body !== undefined, wrong === 'framing'),
		});
	});
}

function weightOf({id, method}: Operation): number {
	// Deployments are built in an executor: a few say as much as many.
	if (id === 'deploy') return 5;
	// There is not always a function that may be removed.
	if (id === 'removeFunction') return 8;
	return method === 'POST' ? 6 : 3;
}

function framingOf(hasBody: boolean, isWrong: boolean): fc.Arbitrary<Request['framing']> {
	if (isWrong) return fc.constantFrom('chunked', 'cut', 'torn');
	return hasBody ? fc.constantFrom('length', 'chunked') : fc.constant('length');
}

const otherMethods = ['GET', 'PUT', 'PATCH', 'HEAD', 'OPTIONS', 'TRACE', 'PROPFIND', 'QUERY'];

function pathOf({path, method, parameters}: Operation, wish: Wish): fc.Arbitrary<string> {
	const own = parameters.filter(one => one.in === 'path');
	const values = own.map(({name, schema}) => {
		if (wish !== 'valid') return inPath(valueFor(schema, wish));
		const value = likely(name, schema);
		return method === 'DELETE' ? value.filter(one => mortal.test(one)) : value;
	});
	return fc.tuple(...values).map(found => {
		let at = 0;
		return path.replace(/\{\w+\}/g, () => found[at++] ?? '');
	});
}

/** A valid name that leads somewhere, mostly. */
function likely(name: string, schema: Json): fc.Arbitrary<string> {
	const known = name === 'id' ? fc.constant(someTask) : fc.constantFrom(...knownFunctions);
	return fc.oneof({weight: 6, arbitrary: known}, {weight: 1, arbitrary: inPath(valueFor(schema, 'valid'))});
}

const inPath = (value: fc.Arbitrary<unknown>): fc.Arbitrary<string> =>
	fc.tuple(value, fc.constantFrom('whole', 'raw')).map(([one, how]) => {
		const text = escaped(textOf(one)).slice(0, 4000);
		return how === 'whole' ? text : text.replace(/%2F/g, '/').replace(/%25/g, '%');
	});

function queryOf(parameters: readonly Parameter[], wish: Wish): fc.Arbitrary<string> {
	const own = parameters.map(({name, schema}) => {
		const value = wish === 'valid' && name === 'wait' ? quick : valueFor(schema, wish);
		const pair = value.map(one => `${name}=${escaped(textOf(one))}`);
		return fc.oneof({weight: 1, arbitrary: pair}, {weight: 3, arbitrary: fc.constant(undefined)});
	});
	const strange = fc
		.tuple(hostileText, hostileText)
		.map(([name, value]) => `${escaped(name)}=${escaped(value)}`);
	const pairs =
		wish === 'hostile' ? [...own, strange, fc.constantFrom(undefined, 'a', '&&', 'wait=1s&wait=2s')] : own;
	return fc.tuple(...pairs).map(list =>
		list
			.filter(one => one !== undefined)
			.join('&')
			.slice(0, 8000),
	);
}

const quick = fc.constantFrom('0ms', '1ms', '20ms', '0.2s');

/** As a careful client writes it; lone surrogates have no form in UTF-8. */
const escaped = (text: string): string => encodeURIComponent(text.toWellFormed());

function bodyOf(schema: Json | undefined, wish: Wish): fc.Arbitrary<Buffer | undefined> {
	if (!schema) return wish === 'valid' ? fc.constant(undefined) : oddBytes;
	const text = valueFor(schema, wish).map(value => Buffer.from(JSON.stringify(value) ?? 'null'));
	return wish === 'hostile' ? fc.oneof(text, oddBytes) : text;
}

const bytes = (text: string, encoding: BufferEncoding = 'utf8') => Buffer.from(text, encoding);

export const oddBytes: fc.Arbitrary<Buffer> = fc.oneof(
	fc.uint8Array({maxLength: 400}).map(list => Buffer.from(list)),
	fc.constantFrom(
		...[
			'',
			'{',
			'[1,]',
			'["aa',
			'1\n\n2\n',
			'{"a":1,"a":2}',
			'NaN',
			"{'a':1}",
			'1 2',
			'//',
			'{"a":01}',
			'"\\ud800"',
			'1e999',
		].map(text => bytes(text)),
		...[
			bytes('\ufeff{}'),
			bytes('{"a":1}', 'utf16le'),
			Buffer.from([34, 0xff, 34]),
			Buffer.from([34, 0xc0, 0x80, 34]),
		],
		...[gzipSync('{"a":1}'), gzipSync(Buffer.alloc(20_000_000)), bytes('--x\r\n\r\n1\r\n--x--')],
	),
	fc.constantFrom(1000, 50_000, 120_000).map(depth => bytes('['.repeat(depth))),
	fc.constantFrom(1000, 50_000).map(depth => bytes('['.repeat(depth) + ']'.repeat(depth))),
	fc.constantFrom(70_000, 250_000, 400_000).map(length => bytes(`"${'x'.repeat(length)}"`)),
	fc.constantFrom(10_001, 30_000).map(items => bytes(`[${'1,'.repeat(items)}1]`)),
);
