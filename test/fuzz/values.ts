// Values made from a JSON schema: such as it wants, such as it nearly wants, and such as nobody wants.
import fc from 'fast-check';
import type {Json} from './document.ts';

export type Wish = 'valid' | 'near' | 'hostile';

export function valueFor(schema: Json, wish: Wish): fc.Arbitrary<unknown> {
	if (wish === 'valid') return valid(schema);
	return wish === 'near' ? near(schema) : hostileValue;
}

function valid(schema: Json): fc.Arbitrary<unknown> {
	if (schema.enum) return fc.constantFrom(...schema.enum);
	if (schema.anyOf) return fc.oneof(...schema.anyOf.map(valid));
	switch (schema.type) {
		case 'string':
			return validText(schema);
		case 'integer':
			return fc.integer({min: schema.minimum ?? 0, max: schema.maximum ?? 2 ** 31});
		case 'number':
			return fc.double({min: schema.minimum ?? 0, max: schema.maximum ?? 1e6, noNaN: true});
		case 'boolean':
			return fc.boolean();
		case 'null':
			return fc.constant(null);
		case 'array':
			return fc.array(valid(schema.items ?? {}), {maxLength: 4});
		case 'object':
			return validObject(schema);
		default:
			return fc.jsonValue();
	}
}

/** What stands at these names decides whether a request gets anywhere: mostly something that does. */
const telling: Readonly<Record<string, fc.Arbitrary<unknown>>> = {
	code: fc.constantFrom(
		'export default input => input;',
		'export default () => { throw new Error("no"); };',
		'export default (',
		'module.exports = () => 7;',
		'import "left-pad"; export default () => 1;',
	),
	name: fc.constantFrom('fuzz-a', 'fuzz-b', 'fuzz-c'),
	map: fc.constantFrom('{"version":3,"sources":["a.ts"],"names":[],"mappings":"AAAA"}', '{}', 'no map'),
	handler: fc.constantFrom('default', 'default', 'main'),
	// Which version comes is known to who built it: none that is made up is right.
	digest: fc.constantFrom(undefined, undefined, undefined, 'a'.repeat(64)),
};

function validObject({properties, patternProperties, required = []}: Json): fc.Arbitrary<unknown> {
	if (!properties) {
		const [[name, schema] = ['^', {}]] = Object.entries(patternProperties ?? {});
		const key = name.length > 4 ? fc.stringMatching(new RegExp(name)) : fc.string({maxLength: 8});
		return fc.dictionary(key, valid(schema), {maxKeys: 3});
	}
	const members = Object.fromEntries(
		Object.entries(properties).map(([name, schema]) => [name, telling[name] ?? valid(schema)]),
	);
	return fc.record(members, {requiredKeys: [...required]});
}

function validText({pattern, minLength = 0, maxLength = 60}: Json): fc.Arbitrary<string> {
	if (pattern !== undefined) return fc.stringMatching(new RegExp(pattern));
	return fc.string({minLength, maxLength: Math.min(maxLength, minLength + 60)});
}

function near(schema: Json): fc.Arbitrary<unknown> {
	const {minimum = 0, maximum = 2 ** 31} = schema;
	if (schema.enum) return fc.constantFrom(...schema.enum.map(one => `${String(one)} `), 'Each', '');
	switch (schema.type) {
		case 'string':
			return fc.oneof(
				validText(schema).chain(text =>
					fc.constantFrom(`${text} `, text.slice(1), text.toUpperCase(), text.repeat(9)),
				),
				fc.string({unit: 'binary', maxLength: 20}),
			);
		case 'integer':
		case 'number':
			return fc.constantFrom(minimum - 1, maximum + 1, minimum + 0.5, `${minimum}`, -minimum, 1e308, null);
		case 'boolean':
			return fc.constantFrom('true', 'TRUE', 1, '');
		case 'array':
			return fc.oneof(valid(schema.items ?? {}), fc.array(near(schema.items ?? {}), {maxLength: 3}));
		case 'object':
			return nearObject(schema);
		default:
			return fc.jsonValue({maxDepth: 5});
	}
}

/** One member too many, too few, or not what it should be. */
function nearObject(schema: Json): fc.Arbitrary<unknown> {
	const members = Object.entries(schema.properties ?? {});
	const whole = validObject(schema) as fc.Arbitrary<Record<string, unknown>>;
	if (members.length === 0) return whole.map(value => [value]);
	const [name, how] = [fc.constantFrom(...members), fc.constantFrom('out', 'in', 'wrong', 'hostile')];
	return fc.tuple(whole, name, how, hostileValue).chain(([value, [member, inner], kind, bad]) => {
		if (kind === 'in') return fc.constant({...value, [`${member}x`]: bad});
		if (kind === 'hostile') return fc.constant({...value, [member]: bad});
		if (kind === 'wrong') return near(inner).map(wrong => ({...value, [member]: wrong}));
		const {[member]: _, ...rest} = value;
		return fc.constant(rest);
	});
}

const deep = (depth: number): unknown => {
	let value: unknown = 0;
	for (let at = 0; at < depth; at += 1) value = at % 2 ? {a: value} : [value];
	return value;
};

export const hostileText: fc.Arbitrary<string> = fc.oneof(
	fc.constantFrom('', ' ', '\0', '..', '../../etc/passwd', '%00', '%', '__proto__', 'constructor', '*', '#'),
	fc.constantFrom(
		'null',
		'undefined',
		'NaN',
		'-0',
		'1e400',
		'9007199254740993',
		'0x10',
		'١٢',
		'\u202e',
		'\ufeff',
	),
	fc.constantFrom("' or 1=1 --", '$(reboot)', '<script>', '{{7*7}}', '\r\nset-cookie: a=b', '\ud800'),
	fc.string({unit: 'binary', maxLength: 300}),
	fc.integer({min: 100, max: 20_000}).map(length => 'x'.repeat(length)),
);

export const hostileValue: fc.Arbitrary<unknown> = fc.oneof(
	hostileText,
	fc.constantFrom(null, true, -1, 0, 2 ** 53, -1e308, 5e-324, [], {}),
	fc.jsonValue({maxDepth: 4}),
	fc.integer({min: 10, max: 3000}).map(deep),
	fc.constantFrom(
		...['__proto__', 'constructor', 'toString', 'toJSON'].map(
			name => JSON.parse(`{"${name}": {"a": 1}}`) as object,
		),
	),
	fc.integer({min: 1000, max: 30_000}).map(length => Array.from({length}, (_, n) => n)),
);

/** As it stands in an address or a header. */
export const textOf = (value: unknown): string =>
	value !== null && typeof value === 'object' ? JSON.stringify(value) : String(value);
