import {define} from './global.ts';
import {charCodeAt, fromCharCode} from './primordials.ts';

const replacement = 0xfffd;
const chunk = 4096;

/** TextEncoder, and TextDecoder for utf-8, utf-16le and latin1. */
export function installText(): void {
	define('TextEncoder', TextEncoder);
	define('TextDecoder', TextDecoder);
}

class TextEncoder {
	get encoding(): string {
		return 'utf-8';
	}

	encode(text: unknown = ''): Uint8Array {
		const value = `${text}`;
		const bytes = new Uint8Array(value.length * 3);
		return bytes.slice(0, encodeInto(value, bytes).written);
	}

	encodeInto(text: unknown, bytes: Uint8Array): {read: number; written: number} {
		return encodeInto(`${text}`, bytes);
	}
}

function encodeInto(text: string, bytes: Uint8Array): {read: number; written: number} {
	let read = 0;
	let written = 0;
	while (read < text.length) {
		const point = codePoint(text, read);
		const size = point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
		if (written + size > bytes.length) break;
		if (size === 1) bytes[written] = point;
		else put(bytes, written, point, size);
		written += size;
		read += point > 0xffff ? 2 : 1;
	}
	return {read, written};
}

function put(bytes: Uint8Array, at: number, point: number, size: number): void {
	for (let back = size - 1; back > 0; back--) {
		bytes[at + back] = 0x80 | (point & 0x3f);
		point >>= 6;
	}
	bytes[at] = (size === 2 ? 0xc0 : size === 3 ? 0xe0 : 0xf0) | point;
}

function codePoint(text: string, at: number): number {
	const first = charCodeAt(text, at);
	if (first < 0xd800 || first > 0xdfff) return first;
	const second = at + 1 < text.length ? charCodeAt(text, at + 1) : 0;
	if (first > 0xdbff || second < 0xdc00 || second > 0xdfff) return replacement;
	return 0x10000 + ((first - 0xd800) << 10) + (second - 0xdc00);
}

const labels: Readonly<Record<string, 'utf-8' | 'utf-16le' | 'windows-1252'>> = {
	'utf-8': 'utf-8',
	utf8: 'utf-8',
	'unicode-1-1-utf-8': 'utf-8',
	'utf-16le': 'utf-16le',
	'utf-16': 'utf-16le',
	latin1: 'windows-1252',
	'iso-8859-1': 'windows-1252',
	ascii: 'windows-1252',
	'us-ascii': 'windows-1252',
	'windows-1252': 'windows-1252',
};
// What windows-1252 has at 0x80 to 0x9f.
const windows = [
	0x20ac, 0x81, 0x201a, 0x192, 0x201e, 0x2026, 0x2020, 0x2021, 0x2c6, 0x2030, 0x160, 0x2039, 0x152, 0x8d,
	0x17d, 0x8f, 0x90, 0x2018, 0x2019, 0x201c, 0x201d, 0x2022, 0x2013, 0x2014, 0x2dc, 0x2122, 0x161, 0x203a,
	0x153, 0x9d, 0x17e, 0x178,
];

type DecodeOptions = {readonly fatal?: boolean; readonly ignoreBOM?: boolean};

class TextDecoder {
	readonly #encoding: 'utf-8' | 'utf-16le' | 'windows-1252';
	readonly #options: DecodeOptions;
	#rest = new Uint8Array(0);
	#begun = false;

	constructor(label: unknown = 'utf-8', options: DecodeOptions = {}) {
		const encoding = labels[`${label}`.trim().toLowerCase()];
		if (!encoding) throw new RangeError(`The encoding '${label}' is not supported`);
		this.#encoding = encoding;
		this.#options = {fatal: Boolean(options?.fatal), ignoreBOM: Boolean(options?.ignoreBOM)};
	}

	get encoding(): string {
		return this.#encoding;
	}

	get fatal(): boolean {
		return this.#options.fatal === true;
	}

	get ignoreBOM(): boolean {
		return this.#options.ignoreBOM === true;
	}

	decode(input?: ArrayBuffer | ArrayBufferView, {stream = false}: {stream?: boolean} = {}): string {
		const bytes = this.#join(bytesOf(input));
		const {text, used} = this.#decode(bytes, stream);
		this.#rest = stream ? bytes.slice(used) : new Uint8Array(0);
		const first = !this.#begun && text !== '';
		this.#begun = stream && (this.#begun || text !== '');
		return first && !this.ignoreBOM && charCodeAt(text, 0) === 0xfeff ? text.slice(1) : text;
	}

	#join(bytes: Uint8Array): Uint8Array {
		if (this.#rest.length === 0) return bytes;
		const joined = new Uint8Array(this.#rest.length + bytes.length);
		joined.set(this.#rest);
		joined.set(bytes, this.#rest.length);
		return joined;
	}

	#decode(bytes: Uint8Array, stream: boolean): {text: string; used: number} {
		if (this.#encoding === 'utf-8') return decodeUtf8(bytes, stream, this.fatal);
		if (this.#encoding === 'utf-16le') return decodeUtf16(bytes, stream, this.fatal);
		const units = [...bytes].map(byte =>
			byte >= 0x80 && byte < 0xa0 ? (windows[byte - 0x80] as number) : byte,
		);
		return {text: textOf(units), used: bytes.length};
	}
}

function bytesOf(input: ArrayBuffer | ArrayBufferView | undefined): Uint8Array {
	if (input === undefined) return new Uint8Array(0);
	if (ArrayBuffer.isView(input)) return new Uint8Array(input.buffer, input.byteOffset, input.byteLength);
	return new Uint8Array(input);
}

function decodeUtf8(bytes: Uint8Array, stream: boolean, fatal: boolean): {text: string; used: number} {
	const units: number[] = [];
	let text = '';
	let at = 0;
	while (at < bytes.length) {
		const byte = bytes[at] as number;
		const {point, size, cut} = byte < 0x80 ? {point: byte, size: 1, cut: false} : sequence(bytes, at);
		if (cut && stream) break;
		if (point < 0 && fatal) throw new TypeError('The encoded data was not valid utf-8');
		pushPoint(units, point < 0 ? replacement : point);
		at += size;
		if (units.length < chunk) continue;
		text += textOf(units);
		units.length = 0;
	}
	return {text: text + textOf(units), used: at};
}

/** One sequence of several bytes; `point` −1: not valid; `cut`: it may go on after the end. */
function sequence(bytes: Uint8Array, at: number): {point: number; size: number; cut: boolean} {
	const first = bytes[at] as number;
	const needed =
		first >= 0xc2 && first <= 0xdf
			? 1
			: first >= 0xe0 && first <= 0xef
				? 2
				: first >= 0xf0 && first <= 0xf4
					? 3
					: 0;
	if (needed === 0) return {point: -1, size: 1, cut: false};
	let point = first & (0x3f >> needed);
	for (let step = 1; step <= needed; step++) {
		if (at + step >= bytes.length) return {point: -1, size: step, cut: true};
		const next = bytes[at + step] as number;
		const low = step > 1 ? 0x80 : first === 0xe0 ? 0xa0 : first === 0xf0 ? 0x90 : 0x80;
		const high = step > 1 ? 0xbf : first === 0xed ? 0x9f : first === 0xf4 ? 0x8f : 0xbf;
		if (next < low || next > high) return {point: -1, size: step, cut: false};
		point = (point << 6) | (next & 0x3f);
	}
	return {point, size: needed + 1, cut: false};
}

function decodeUtf16(bytes: Uint8Array, stream: boolean, fatal: boolean): {text: string; used: number} {
	const used = bytes.length - (bytes.length % 2);
	const units: number[] = [];
	for (let at = 0; at < used; at += 2) units.push((bytes[at] as number) | ((bytes[at + 1] as number) << 8));
	const odd = used < bytes.length && !stream;
	const text = textOf(units) + (odd ? fromCharCode(replacement) : '');
	if (fatal && (odd || !text.isWellFormed())) throw new TypeError('The encoded data was not valid utf-16le');
	return {text: text.toWellFormed(), used: odd ? bytes.length : used};
}

function pushPoint(units: number[], point: number): void {
	if (point < 0x10000) units.push(point);
	else units.push(0xd800 + ((point - 0x10000) >> 10), 0xdc00 + ((point - 0x10000) & 0x3ff));
}

function textOf(units: readonly number[]): string {
	let text = '';
	for (let at = 0; at < units.length; at += chunk) text += fromCharCode(...units.slice(at, at + chunk));
	return text;
}
