// What a producer may publish: properties and headers of every type that AMQP knows, bodies, keys and
// addresses, right, nearly right and hostile.
import fc from 'fast-check';
import {oddBytes} from './requests.ts';
import {hostileText} from './values.ts';

export type Letter = {
	readonly key: string;
	readonly body: Buffer;
	/** `#` in a message id is the number of the letter. */
	readonly properties: {readonly messageId?: string; readonly headers?: Record<string, unknown>};
	/** `own`: the answer is wanted at the producer's own address; else this one, which is nobody's. */
	readonly reply: 'own' | 'none' | {readonly crafted: string};
	/** The broker may refuse it with an error that closes the channel. */
	readonly risky: boolean;
};

/** @param fn the name of a function that takes any input */
export function letterTo(fn: string): fc.Arbitrary<Letter> {
	return fc
		.record({
			key: fc.oneof({weight: 8, arbitrary: fc.constant(fn)}, {weight: 1, arbitrary: keys}),
			body: fc.oneof({weight: 5, arbitrary: json}, {weight: 2, arbitrary: oddBytes}),
			properties: fc.oneof({weight: 2, arbitrary: fc.constant({})}, {weight: 5, arbitrary: properties}),
			headers: fc.oneof({weight: 3, arbitrary: fc.constant({})}, {weight: 4, arbitrary: headers}),
			reply: fc.oneof({weight: 5, arbitrary: fc.constant('own' as const)}, {weight: 2, arbitrary: other}),
			risk: fc.oneof({weight: 12, arbitrary: fc.constant(undefined)}, {weight: 1, arbitrary: risks}),
		})
		.map(({key, body, properties: own, headers: table, reply, risk}) => ({
			...{key, body, reply: risk ? ('none' as const) : reply, risky: risk !== undefined},
			properties: {...own, ...risk, headers: {...table, ...risk?.headers}},
		}));
}

const json = fc.jsonValue({maxDepth: 4}).map(value => Buffer.from(JSON.stringify(value)));

const keys = fc.oneof(
	fc.constantFrom(
		'nobody',
		'',
		'Echo!',
		'#',
		'*',
		'a.b.c',
		'x'.repeat(255),
		'é',
		'warren.refused',
		...['cancel.fib', 'cancel.echo', 'cancel.', 'cancel.No!', 'cancel.a.b'],
		'__proto__',
	),
	fc.string({unit: 'binary-ascii', maxLength: 80}),
);

/** A short string of AMQP has 255 bytes. */
const short = (text: string): string => {
	let cut = text.toWellFormed();
	while (Buffer.byteLength(cut) > 240) cut = cut.slice(0, -20);
	return cut;
};
const shortText = hostileText.map(short);

const sparse = <T>(value: fc.Arbitrary<T>) =>
	fc.oneof({weight: 3, arbitrary: fc.constant(undefined)}, {weight: 1, arbitrary: value});

const properties = fc
	.record({
		messageId: fc.oneof(
			fc.constantFrom('k#', undefined, 'k# ünï', '#\0'),
			shortText.map(text => `${text}#`),
		),
		contentType: sparse(
			fc.oneof(fc.constantFrom('application/json', 'Application/JSON; a=b', 'text/plain'), shortText),
		),
		contentEncoding: sparse(fc.oneof(fc.constantFrom('gzip', 'utf-8'), shortText)),
		expiration: sparse(fc.constantFrom('0', '1', '60000', '4294967295')),
		priority: sparse(fc.integer({min: 0, max: 255})),
		deliveryMode: sparse(fc.constantFrom(1, 2, true)),
		timestamp: sparse(fc.constantFrom(0, 1, 1_700_000_000, 2 ** 53 - 1, 2 ** 53, 2 ** 60)),
		type: sparse(shortText),
		appId: sparse(shortText),
	})
	.map(given => Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)));

const typed = (name: string, value: fc.Arbitrary<unknown>) => value.map(one => ({'!': name, value: one}));

/** A field of every type that a table may hold. */
const field: fc.Arbitrary<unknown> = fc.letrec(tie => ({
	leaf: fc.oneof(
		hostileText.map(text => text.toWellFormed()),
		fc.constantFrom(true, false, null, 0, -1, 1.5, 2 ** 31, -(2 ** 40), 2 ** 53 - 1, 1e300),
		fc.uint8Array({maxLength: 40}).map(list => Buffer.from(list)),
		typed('byte', fc.integer({min: -128, max: 127})),
		typed('short', fc.integer({min: -32_768, max: 32_767})),
		typed('int', fc.integer()),
		typed('long', fc.maxSafeInteger()),
		typed('float', fc.float({noNaN: true, noDefaultInfinity: true})),
		typed('double', fc.double({noNaN: true, noDefaultInfinity: true})),
		typed('timestamp', fc.constantFrom(0, 1_700_000_000, 2 ** 53 - 1)),
		typed('decimal', fc.record({digits: fc.nat(), places: fc.integer({min: 0, max: 255})})),
	),
	tree: fc.oneof(
		{depthSize: 'small'},
		tie('leaf'),
		fc.array(tie('tree'), {maxLength: 3}),
		fc.dictionary(fc.string({minLength: 1, maxLength: 10}), tie('tree'), {maxKeys: 3}),
	),
})).tree;

const number = fc.constantFrom(1, 100, 60_000, '60000', 0, -1, 0.5, 1e18, '', 'soon', ' 5', '1e3', 2 ** 53);

const known: Record<string, fc.Arbitrary<unknown>> = {
	'x-warren-timeout-ms': fc.oneof(number, field),
	'x-warren-max-attempts': fc.oneof(fc.constantFrom(1, 2, 100, 101), number, field),
	'x-warren-spill': fc.oneof(fc.boolean(), fc.constantFrom('true', 'no'), field),
	'x-warren-deadline': fc.oneof(fc.constantFrom(4e12, '4000000000000'), number, field),
	'x-warren-version': fc.oneof(fc.constantFrom('f00', ''), field),
	'x-warren-task': fc.oneof(
		fc.constantFrom('', '01ARZ3NDEKTSV4RRFFQ69G5FAV', '../x', 'x'.repeat(5000)),
		field,
	),
	'x-warren-reason': field,
	'x-death': fc.oneof(
		fc.constant([{reason: 'expired', queue: 'q', exchange: '', 'routing-keys': [7]}]),
		field,
	),
	'x-delivery-count': field,
	traceparent: fc.oneof(fc.constant('00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01'), field),
};

const headers = fc
	.tuple(
		fc.subarray(Object.keys(known), {maxLength: 2}),
		fc.record(known),
		fc.dictionary(
			shortText.filter(name => name !== '' && name !== '__proto__'),
			field,
			{maxKeys: 3},
		),
	)
	.map(([names, values, strange]) => ({
		...strange,
		...Object.fromEntries(names.map(name => [name, values[name]])),
	}));

/** Costs the connection that answers are written to: a second and more each, until it is given up. */
const costly = fc.constant('amq.rabbitmq.reply-to.g1h2AA5yZXBseUA3ODQ4.abc');

const other = fc.oneof(
	fc.constant('none' as const),
	fc
		.oneof(
			{
				weight: 30,
				arbitrary: fc.constantFrom(
					'warren.intake',
					'warren.dead',
					'amq.rabbitmq.reply-to',
					'amq.rabbitmq.reply-to.<x>',
					'no\nqueue',
				),
			},
			{
				weight: 30,
				arbitrary: fc.constantFrom('a queue', 'x'.repeat(255), 'é', 'gone', 'amq.rabbitmq.reply-to.'),
			},
			{weight: 30, arbitrary: shortText.filter(text => text !== '')},
			{weight: 1, arbitrary: costly},
		)
		.map(crafted => ({crafted})),
);

type Risk = {readonly headers?: Record<string, unknown>; readonly [property: string]: unknown};

const risks: fc.Arbitrary<Risk> = fc.constantFrom<Risk[]>(
	{expiration: 'soon'},
	{expiration: '-1'},
	{expiration: '99999999999'},
	{userId: 'somebody else'},
	{headers: {CC: 'not a list'}},
	{headers: {CC: ['nobody'], BCC: ['nobody']}},
	{headers: {BCC: [7]}},
	// RabbitMQ's own reader breaks at these, and the connection with it.
	{headers: {number: {'!': 'double', value: Number.NaN}}},
	{headers: {number: {'!': 'float', value: Number.POSITIVE_INFINITY}}},
	{headers: {large: 'x'.repeat(120_000)}},
	{headers: Object.fromEntries(Array.from({length: 1000}, (_, n) => [`h${n}`, 'x'.repeat(50)]))},
);
