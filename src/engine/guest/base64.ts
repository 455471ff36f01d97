import {define} from './global.ts';
import {charCodeAt, fromCharCode} from './primordials.ts';

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

export function installBase64(): void {
	const invalid = (message: string) =>
		new (globalThis as unknown as {DOMException: DomError}).DOMException(message, 'InvalidCharacterError');
	define('btoa', (value: unknown): string => {
		const text = `${value}`;
		let out = '';
		for (let at = 0; at < text.length; at += 3) {
			const [a, b, c] = [charCodeAt(text, at), charCodeAt(text, at + 1), charCodeAt(text, at + 2)];
			if (a > 255 || b > 255 || c > 255) throw invalid('The string has characters outside of latin1');
			const bits = (a << 16) | ((b || 0) << 8) | (c || 0);
			out += letter(bits >> 18) + letter(bits >> 12);
			out += (Number.isNaN(b) ? '=' : letter(bits >> 6)) + (Number.isNaN(c) ? '=' : letter(bits));
		}
		return out;
	});
	define('atob', (value: unknown): string => {
		let text = `${value}`.replace(/[\t\n\f\r ]/g, '');
		if (text.length % 4 === 0) text = text.replace(/==?$/, '');
		if (text.length % 4 === 1 || /[^A-Za-z0-9+/]/.test(text)) throw invalid('The string is not base64');
		let out = '';
		let bits = 0;
		for (let at = 0; at < text.length; at++) {
			bits = ((bits << 6) | alphabet.indexOf(text[at] as string)) & 0xffffff;
			const spare = ((at + 1) * 6) % 8;
			if (at % 4 !== 0) out += fromCharCode((bits >> spare) & 0xff);
		}
		return out;
	});
}

type DomError = new (message: string, name: string) => Error;

const letter = (bits: number): string => alphabet[bits & 63] as string;
