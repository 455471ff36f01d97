// All bodies of one statement travel as one parameter: bytes that are sent as they are, where an array
// of them would be sent as hexadecimal text. Each row says where its body begins and how long it is.

/** Where a body lies in the blob; PostgreSQL counts from 1. */
export type Place = {readonly from: number; readonly length: number};

export type Blob = {
	put(body: Buffer): Place;
	bytes(): Buffer;
};

export function createBlob(): Blob {
	const bodies: Buffer[] = [];
	let length = 0;
	return {
		put(body) {
			const place = {from: length + 1, length: body.length};
			bodies.push(body);
			length += body.length;
			return place;
		},
		bytes: () => (bodies.length === 1 && bodies[0] ? bodies[0] : Buffer.concat(bodies, length)),
	};
}
