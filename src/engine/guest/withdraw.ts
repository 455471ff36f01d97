// Takes away what no limit of the sandbox counts: Wasm memories and growing buffers lie outside the
// heap limit, shared memory gives a clock and a way to block a thread (docs/decisions/0006-isolates.md).
import {construct, defineProperty, getOwnPropertyDescriptor} from './primordials.ts';

export function withdraw(): void {
	const everything = globalThis as unknown as Record<string, unknown>;
	for (const name of ['WebAssembly', 'SharedArrayBuffer', 'Atomics']) delete everything[name];
	const prototype = ArrayBuffer.prototype as unknown as Record<string, unknown>;
	for (const name of ['resize', 'resizable', 'maxByteLength']) delete prototype[name];
	everything.ArrayBuffer = fixed(ArrayBuffer);
	defineProperty(everything, 'FinalizationRegistry', {value: NoRegistry});
	defineProperty(NoRegistry, 'name', {value: 'FinalizationRegistry'});
}

/**
 * Never calls back, as the language allows. The engine's own calls back when memory is collected: at any
 * time, also when no call is inside and nobody looks at limits.
 */
class NoRegistry {
	constructor(cleanup: unknown) {
		if (typeof cleanup !== 'function') throw new TypeError('Expected `cleanup` to be a function');
	}

	register(): void {}

	unregister(): boolean {
		return false;
	}
}

/** The same constructor, but it refuses `maxByteLength`; the original can't be reached any more. */
function fixed(original: ArrayBufferConstructor): ArrayBufferConstructor {
	const wrapper = function (this: unknown, length: unknown, options?: {maxByteLength?: unknown}) {
		if (!new.target) throw new TypeError("Constructor ArrayBuffer requires 'new'");
		if (options?.maxByteLength !== undefined)
			throw new RangeError('Resizable buffers are not available here');
		return construct(original, [length], new.target);
	} as unknown as ArrayBufferConstructor;
	for (const key of Reflect.ownKeys(original)) {
		const property = getOwnPropertyDescriptor(original, key);
		if (property) Object.defineProperty(wrapper, key, property);
	}
	Object.defineProperty(original.prototype, 'constructor', {value: wrapper});
	return wrapper;
}
