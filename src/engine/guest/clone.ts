import {DOMException} from './events.ts';
import {define} from './global.ts';

type Seen = Map<object, unknown>;

/** structuredClone, with `transfer` for buffers. */
export function installClone(): void {
	define(
		'structuredClone',
		(value: unknown, options?: {readonly transfer?: readonly ArrayBuffer[]}): unknown => {
			const seen: Seen = new Map();
			const copy = clone(value, seen);
			for (const buffer of options?.transfer ?? []) {
				if (!(buffer instanceof ArrayBuffer)) throw refuse('A value that is not an ArrayBuffer');
				buffer.transfer();
			}
			return copy;
		},
	);
}

const refuse = (what: string) => new DOMException(`${what} could not be cloned`, 'DataCloneError');
const errors: Readonly<Record<string, ErrorConstructor>> = {
	EvalError,
	RangeError,
	ReferenceError,
	SyntaxError,
	TypeError,
	URIError,
};

function clone(value: unknown, seen: Seen): unknown {
	if (typeof value === 'symbol' || typeof value === 'function') throw refuse(String(value));
	if (typeof value !== 'object' || value === null) return value;
	if (seen.has(value)) return seen.get(value);
	const copy = empty(value, seen);
	seen.set(value, copy);
	if (value instanceof Map)
		for (const [key, item] of [...value]) (copy as Seen).set(clone(key, seen) as object, clone(item, seen));
	else if (value instanceof Set) for (const item of [...value]) (copy as Set<unknown>).add(clone(item, seen));
	else if (value instanceof Error) cloneError(value, copy as Error, seen);
	else if (Array.isArray(value) || isPlain(value))
		cloneFields(value as Record<string, unknown>, copy as Record<string, unknown>, seen);
	return copy;
}

function empty(value: object, seen: Seen): object {
	if (Array.isArray(value)) return Object.assign([], {length: value.length});
	if (value instanceof Map) return new Map();
	if (value instanceof Set) return new Set();
	if (value instanceof Date) return new Date(value);
	if (value instanceof RegExp) return new RegExp(value.source, value.flags);
	if (value instanceof ArrayBuffer) return value.slice(0);
	if (ArrayBuffer.isView(value)) return cloneView(value, seen);
	if (value instanceof Error) return new (errors[value.name] ?? Error)(value.message);
	if (value instanceof Number || value instanceof String || value instanceof Boolean)
		return Object(value.valueOf());
	if (
		value instanceof WeakMap ||
		value instanceof WeakSet ||
		value instanceof WeakRef ||
		value instanceof Promise
	) {
		throw refuse(`#<${value.constructor.name}>`);
	}
	return {};
}

/** What has no kind of its own travels as its own enumerable fields, without its class. */
function isPlain(value: object): boolean {
	const kind = Object.prototype.toString.call(value);
	return (
		kind !== '[object Date]' &&
		kind !== '[object RegExp]' &&
		!ArrayBuffer.isView(value) &&
		!(value instanceof ArrayBuffer)
	);
}

function cloneView(view: ArrayBufferView, seen: Seen): object {
	const buffer = clone(view.buffer, seen) as ArrayBuffer;
	const kind = view.constructor as new (buffer: ArrayBuffer, offset: number, length: number) => object;
	const unit = view instanceof DataView ? 1 : (view as Uint8Array).BYTES_PER_ELEMENT;
	return new kind(buffer, view.byteOffset, view.byteLength / unit);
}

function cloneError(from: Error, to: Error, seen: Seen): void {
	const hide = (value: unknown) => ({value, writable: true, configurable: true});
	if (typeof from.stack === 'string') Object.defineProperty(to, 'stack', hide(from.stack));
	if ('cause' in from) Object.defineProperty(to, 'cause', hide(clone(from.cause, seen)));
}

function cloneFields(from: Record<string, unknown>, to: Record<string, unknown>, seen: Seen): void {
	for (const key of Object.keys(from)) {
		const value = clone(from[key], seen);
		Object.defineProperty(to, key, {value, writable: true, enumerable: true, configurable: true});
	}
}
