// A request as it goes over the wire, whole or broken off.
import type {Request} from './requests.ts';

/** @param port stands in `Host` unless the request brings its own */
export function bytesOf(request: Request, port: number): Buffer {
	const {method, path, query, headers, body, framing} = request;
	const own = headers.some(([name]) => name === 'Host') ? [] : [['Host', `127.0.0.1:${port}`] as const];
	const length: readonly (readonly [string, string])[] =
		framing === 'chunked' || framing === 'torn'
			? [['Transfer-Encoding', 'chunked']]
			: [['Content-Length', String((body?.length ?? 0) + (framing === 'cut' ? 100 : 0))]];
	const lines = [...own, ...headers, ...(body || framing !== 'length' ? length : [])];
	const target = query === '' ? path : `${path}?${query}`;
	const head = [`${method} ${target} HTTP/1.1`, ...lines.map(([name, value]) => `${name}: ${value}`), '', ''];
	return Buffer.concat([Buffer.from(head.join('\r\n'), 'latin1'), framed(body ?? Buffer.alloc(0), framing)]);
}

/** Nothing more comes, and yet the request is not whole. */
export const isBroken = ({framing}: Request): boolean => framing === 'cut' || framing === 'torn';

function framed(body: Buffer, framing: Request['framing']): Buffer {
	if (framing === 'length' || framing === 'cut') return body;
	if (body.length === 0) return Buffer.from(framing === 'torn' ? '5\r\nab' : '0\r\n\r\n');
	const middle = Math.ceil(body.length / 2);
	const parts = [body.subarray(0, middle), body.subarray(middle)].filter(({length}) => length > 0);
	const chunks = parts.flatMap(one => [
		Buffer.from(`${one.length.toString(16)}\r\n`),
		one,
		Buffer.from('\r\n'),
	]);
	if (framing === 'torn') return Buffer.concat(chunks.slice(0, -1));
	return Buffer.concat([...chunks, Buffer.from('0\r\n\r\n')]);
}
