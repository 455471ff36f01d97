// Cuts a JSON text into the texts of its parts, byte for byte: a value that went through a parser
// and back is another text (1.0 becomes 1, long integers lose digits).
// The bytes must be one valid JSON text; they are views, not copies.

const quote = 34;
const backslash = 92;
const space = 32;
const openers = '{['.split('').map(code);
const closers = '}]'.split('').map(code);
const comma = code(',');
const colon = code(':');

function code(character: string): number {
	return character.charCodeAt(0);
}

/** The texts of an array's items; undefined if the text is not an array. */
export function itemsOf(bytes: Buffer): Buffer[] | undefined {
	return partsOf(bytes, code('['));
}

/** The texts of an object's members by name, the last of equal names; undefined if it is not an object. */
export function membersOf(bytes: Buffer): Map<string, Buffer> | undefined {
	const parts = partsOf(bytes, code('{'));
	if (!parts) return undefined;
	return new Map(
		parts.map(part => {
			const end = endOfString(part, 0);
			const value = trim(part, part.indexOf(colon, end) + 1, part.length);
			return [JSON.parse(part.toString('utf8', 0, end)) as string, value];
		}),
	);
}

function partsOf(bytes: Buffer, opener: number): Buffer[] | undefined {
	const inside = trim(bytes, 0, bytes.length);
	if (inside[0] !== opener) return undefined;
	const parts: Buffer[] = [];
	const last = inside.length - 1;
	let from = 1;
	for (let at = 1, depth = 0; at < last; at += 1) {
		const byte = inside[at] ?? 0;
		if (byte === quote) at = endOfString(inside, at) - 1;
		else if (byte === comma && depth === 0) {
			parts.push(trim(inside, from, at));
			from = at + 1;
		} else if (openers.includes(byte)) depth += 1;
		else if (closers.includes(byte)) depth -= 1;
	}
	const end = trim(inside, from, last);
	if (end.length > 0) parts.push(end);
	return parts;
}

/** The position after the closing quote of the string that starts at `from`. */
function endOfString(bytes: Buffer, from: number): number {
	let at = bytes.indexOf(quote, from + 1);
	while (isEscaped(bytes, at)) at = bytes.indexOf(quote, at + 1);
	return at + 1;
}

function isEscaped(bytes: Buffer, at: number): boolean {
	let from = at;
	while (bytes[from - 1] === backslash) from -= 1;
	return (at - from) % 2 === 1;
}

function trim(bytes: Buffer, from: number, to: number): Buffer {
	let start = from;
	let end = to;
	while (start < end && (bytes[start] ?? 0) <= space) start += 1;
	while (end > start && (bytes[end - 1] ?? 0) <= space) end -= 1;
	return bytes.subarray(start, end);
}
