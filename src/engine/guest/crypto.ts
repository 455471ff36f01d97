import {DOMException} from './events.ts';
import {define} from './global.ts';
import {charCodeAt, floor, freeze, min} from './primordials.ts';

/** The most bytes one call may ask for, by the standard. */
const mostBytes = 65_536;
const poolBytes = 1024;

/** crypto.getRandomValues and crypto.randomUUID from the host's randomness; there is no `subtle`. */
export function installCrypto(random: (bytes: number) => string): void {
	let pool = '';
	let used = 0;

	/** Bytes are fetched in pools: a trip to the host costs as much as a thousand of them. */
	function next(): number {
		if (used >= pool.length) {
			pool = random(poolBytes);
			used = 0;
		}
		return charCodeAt(pool, used++);
	}

	function getRandomValues<T extends ArrayBufferView>(view: T): T {
		if (
			!ArrayBuffer.isView(view) ||
			view instanceof DataView ||
			Object.prototype.toString.call(view).startsWith('[object Float')
		) {
			throw new DOMException('Expected a typed array of integers', 'TypeMismatchError');
		}
		if (view.byteLength > mostBytes) {
			throw new DOMException(
				`Expected at most ${mostBytes} bytes, got ${view.byteLength}`,
				'QuotaExceededError',
			);
		}
		const bytes = new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
		for (let at = 0; at < bytes.length; at++) bytes[at] = next();
		return view;
	}

	function randomUUID(): string {
		let out = '';
		for (let at = 0; at < 16; at++) {
			const byte = at === 6 ? (next() & 0x0f) | 0x40 : at === 8 ? (next() & 0x3f) | 0x80 : next();
			if (at === 4 || at === 6 || at === 8 || at === 10) out += '-';
			out += digit(floor(byte / 16)) + digit(byte % 16);
		}
		return out;
	}

	define('crypto', freeze({getRandomValues, randomUUID}));
}

const digit = (value: number): string => '0123456789abcdef'[min(15, value)] as string;
