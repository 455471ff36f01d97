import {defineProperty} from './primordials.ts';

/** Defines a global as the platform does: writable, not enumerable. */
export function define(name: string, value: unknown): void {
	defineProperty(globalThis, name, {value, writable: true, enumerable: false, configurable: true});
}

/** Defines a global that is made when it is first touched. */
export function defineLazily(name: string, make: () => unknown): void {
	defineProperty(globalThis, name, {
		get() {
			const value = make();
			define(name, value);
			return value;
		},
		set: (value: unknown) => define(name, value),
		enumerable: false,
		configurable: true,
	});
}
