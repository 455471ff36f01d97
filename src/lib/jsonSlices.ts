// Cuts a JSON text into the texts of its parts, byte for byte: a value that went through a parser
// and back is another text (1.0 becomes 1, long integers lose digits).
// The bytes must be one valid JSON text. Parts are views, not copies, but for `linesOf`.

const quote = 34;
const backslash = 92;
const space = 32;
const lineBreak = 10;
const openers = '{['.split('').map(code);
const closers = '}]'.split('').map(code);
const comma = code(',');
const colon = code(':');

function code(character: string): number {
	return character.charCodeAt(0);
}

/** The texts of an array's items, at most one more than `most`; undefined if the text is not an array. */
export function itemsOf(bytes: Buffer, most = Number.POSITIVE_INFINITY): Buffer[] | undefined {
	return partsOf(bytes, code('['), most);
}

/**
 * The same, a line each and with nothing else between: for many small ones, of which a view each would take many times
 * their room. In a JSON text a line break is a space between two parts of it.
 */
export function linesOf(bytes: Buffer): Buffer | undefined {
	const lines = Buffer.allocUnsafe(bytes.length);
	let length = 0;
	const isArray = walk(bytes, code('['), (from, to) => {
		for (let at = from; at < to; at++) {
			const byte = bytes[at] ?? 0;
			lines[length++] = byte === lineBreak ? space : byte;
		}
		lines[length++] = lineBreak;
		return true;
	});
	return isArray ? lines.subarray(0, length) : undefined;
}

/** The texts of an object's members by name, the last of equal names; undefined if it is not an object. */
export function membersOf(bytes: Buffer): Map<string, Buffer> | undefined {
	const parts = partsOf(bytes, code('{'));
	if (!parts) return undefined;
	return new Map(
		parts.map(part => {
			const end = endOfString(part, 0);
			const from = firstOf(part, part.indexOf(colon, end) + 1, part.length);
			return [JSON.parse(part.toString('utf8', 0, end)) as string, part.subarray(from)];
		}),
	);
}

function partsOf(bytes: Buffer, opener: number, most = Number.POSITIVE_INFINITY): Buffer[] | undefined {
	const parts: Buffer[] = [];
	const isList = walk(bytes, opener, (from, to) => parts.push(bytes.subarray(from, to)) <= most);
	return isList ? parts : undefined;
}

/** Says where each part begins and ends, until it hears that this is enough. False: the text is no such list. */
function walk(bytes: Buffer, opener: number, visit: (from: number, to: number) => boolean): boolean {
	const first = firstOf(bytes, 0, bytes.length);
	const last = endOf(bytes, first, bytes.length) - 1;
	if (bytes[first] !== opener) return false;
	const told = (from: number, to: number) => {
		const start = firstOf(bytes, from, to);
		return visit(start, endOf(bytes, start, to));
	};
	let from = first + 1;
	for (let at = from, depth = 0; at < last; at += 1) {
		const byte = bytes[at] ?? 0;
		if (byte === quote) at = endOfString(bytes, at) - 1;
		else if (byte === comma && depth === 0) {
			if (!told(from, at)) return true;
			from = at + 1;
		} else if (openers.includes(byte)) depth += 1;
		else if (closers.includes(byte)) depth -= 1;
	}
	if (firstOf(bytes, from, last) < last) told(from, last);
	return true;
}

/** The position after the closing quote of the string that starts at `from`. */
function endOfString(bytes: Buffer, from: number): number {
	let at = bytes.indexOf(quote, from + 1);
	while (isEscaped(bytes, at)) at = bytes.indexOf(quote, at + 1);
	// There is one in every JSON text; in what is none the end must come all the same.
	return at < 0 ? bytes.length : at + 1;
}

function isEscaped(bytes: Buffer, at: number): boolean {
	let from = at;
	while (bytes[from - 1] === backslash) from -= 1;
	return (at - from) % 2 === 1;
}

function firstOf(bytes: Buffer, from: number, to: number): number {
	let start = from;
	while (start < to && (bytes[start] ?? 0) <= space) start += 1;
	return start;
}

/** After the last that is no blank. */
function endOf(bytes: Buffer, from: number, to: number): number {
	let end = to;
	while (end > from && (bytes[end - 1] ?? 0) <= space) end -= 1;
	return end;
}
