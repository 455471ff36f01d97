// A frame is a JSON head and a list of bodies: `<head length>\n<head><body 0><body 1>…`, where the
// head's `sizes` gives each body's length in bytes (-1: there is none). Bodies are never parsed or
// escaped on the way: an input goes from the broker to the sandbox as the bytes the producer sent.

export type Frame<Head> = {readonly head: Head; readonly bodies: readonly (Buffer | undefined)[]};

type Sized = {readonly sizes: readonly number[]};

const newline = 10;
const longestPrefix = 12;

/** Packs a head (any JSON value that is an object) and its bodies into one buffer. */
export function encodeFrame(head: object, bodies: readonly (Buffer | string | undefined)[]): Buffer {
	const chunks = bodies.map(body => (typeof body === 'string' ? Buffer.from(body) : body));
	const sizes = chunks.map(chunk => chunk?.length ?? -1);
	const text = Buffer.from(JSON.stringify({...head, sizes}));
	const prefix = Buffer.from(`${text.length}\n`);
	return Buffer.concat([prefix, text, ...chunks.filter(chunk => chunk !== undefined)]);
}

/**
 * Takes a frame apart. The bodies are views into `bytes`.
 * @throws RangeError when the bytes are not a frame (too short, bad prefix, sizes that do not fit)
 */
export function decodeFrame<Head>(bytes: Buffer): Frame<Head> {
	const end = bytes.subarray(0, longestPrefix).indexOf(newline);
	const length = end < 1 ? Number.NaN : Number(bytes.toString('latin1', 0, end));
	if (!Number.isSafeInteger(length) || end + 1 + length > bytes.length) {
		throw new RangeError('Expected a frame with the length of its head in front');
	}
	const {sizes, ...head} = JSON.parse(bytes.toString('utf8', end + 1, end + 1 + length)) as Sized;
	if (!Array.isArray(sizes)) throw new RangeError('Expected the head of a frame to list `sizes`');
	let at = end + 1 + length;
	const bodies = sizes.map(size => {
		if (size === -1) return undefined;
		if (!Number.isSafeInteger(size) || size < 0 || at + size > bytes.length) {
			throw new RangeError('Expected the bodies of a frame to fit into it');
		}
		at += size;
		return bytes.subarray(at - size, at);
	});
	if (at !== bytes.length) throw new RangeError('Expected a frame to end with its last body');
	return {head: head as Head, bodies};
}
