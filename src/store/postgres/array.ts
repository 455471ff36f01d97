// Arrays as PostgreSQL sends and receives them in binary: neither side has to write and read them as text.
// Format: src/backend/utils/adt/arrayfuncs.c (`array_recv`), the elements' own in their `…recv` functions.

/** What elements there are, with what `pg_type` calls them. */
const oids = {text: 25, bigint: 20, integer: 23, boolean: 16} as const;

export type ElementType = keyof typeof oids;

const high = 2 ** 32;
/** The longest that a character of JavaScript's becomes in UTF-8, bytes. */
const widest = 3;

/** Grows with the longest array that was written. */
let room = Buffer.allocUnsafe(64 * 1024);

/** Of one dimension; numbers are whole, and `null` is null. */
export function encodeArray(type: ElementType, values: readonly unknown[]): Buffer {
	const most = values.reduce<number>((sum, value) => sum + mostBytes(value), 20);
	if (most > room.length) room = Buffer.allocUnsafe(2 * most);
	let at = room.writeInt32BE(values.length === 0 ? 0 : 1, 0);
	// That there may be nulls.
	at = room.writeInt32BE(1, at);
	at = room.writeInt32BE(oids[type], at);
	if (values.length > 0) {
		at = room.writeInt32BE(values.length, at);
		at = room.writeInt32BE(1, at);
	}
	for (const value of values) at = put(value, type, at);
	return Buffer.from(room.subarray(0, at));
}

/** Its length and itself. @returns where the next one begins */
function put(value: unknown, type: ElementType, at: number): number {
	const from = at + 4;
	const to = value === null ? from : write(value, type, from);
	room.writeInt32BE(value === null ? -1 : to - from, at);
	return to;
}

function write(value: unknown, type: ElementType, at: number): number {
	if (type === 'text') return at + room.write(value as string, at);
	if (type === 'boolean') return room.writeUInt8(value === true ? 1 : 0, at);
	if (type === 'integer') return room.writeInt32BE(value as number, at);
	const number = value as number;
	room.writeInt32BE(Math.floor(number / high), at);
	return room.writeUInt32BE(number >>> 0, at + 4);
}

const mostBytes = (value: unknown): number => 4 + (typeof value === 'string' ? widest * value.length : 8);
