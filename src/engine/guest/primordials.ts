// The language as it was before user code ran. `uncurry` turns a method into a function of its
// receiver; the bound function needs no lookup when it is called.
const {bind, call} = Function.prototype;

export const uncurry = bind.bind(call) as <T, A extends readonly unknown[], R>(
	method: (this: T, ...args: A) => R,
) => (self: T, ...args: A) => R;

export const {apply, construct, getOwnPropertyDescriptor, ownKeys} = Reflect;
export const {create, defineProperty, freeze, getPrototypeOf, setPrototypeOf} = Object;
export const {isArray} = Array;
export const {parse, stringify} = JSON;
export const {fromCharCode} = String;
export const {floor, max, min} = Math;
export const now = Date.now;
export const promiseThen = uncurry(Promise.prototype.then) as (
	promise: Promise<unknown>,
	done: (value: unknown) => unknown,
	failed?: (error: unknown) => unknown,
) => Promise<unknown>;
export const resolved = Promise.resolve();
export const slice = uncurry(String.prototype.slice);
export const charCodeAt = uncurry(String.prototype.charCodeAt);
export const indexOf = uncurry(String.prototype.indexOf) as (
	text: string,
	part: string,
	from?: number,
) => number;
export const text = String;
export const mapGet = uncurry(Map.prototype.get) as <K, V>(map: Map<K, V>, key: K) => V | undefined;
export const mapSet = uncurry(Map.prototype.set) as <K, V>(map: Map<K, V>, key: K, value: V) => unknown;
export const mapDelete = uncurry(Map.prototype.delete) as <K>(map: Map<K, unknown>, key: K) => boolean;
export const SafeMap = Map;

/** An object without a prototype: nothing that user code adds to `Object.prototype` shows in it. */
export function bare<T extends object>(fields: T): T {
	return setPrototypeOf(fields, null) as T;
}
