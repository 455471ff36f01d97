// HTTP as bytes over a socket, so that requests may be as wrong as they like. Whatever comes back is
// read strictly: half an answer is none.
import {connect, type Socket} from 'node:net';

export type Reply = {
	readonly status: number;
	readonly headers: Readonly<Record<string, string>>;
	readonly body: Buffer;
};

/** How long an answer may take before it is missing, ms. */
const patienceMs = 20_000;

/**
 * Sends bytes and reads one answer; undefined when the connection was closed without one.
 * @param ends nothing follows: the request is not whole, and the server must notice
 * @throws Error when neither comes, or only half an answer
 */
export function exchange(port: number, bytes: Buffer, ends: boolean): Promise<Reply | undefined> {
	return new Promise((resolve, reject) => {
		const socket = connect({port, host: '127.0.0.1', allowHalfOpen: true});
		const chunks: Buffer[] = [];
		const late = setTimeout(() => finish(new Error(`No answer in ${patienceMs} ms`)), patienceMs);
		const finish = (end: Error | Reply | undefined) => {
			clearTimeout(late);
			socket.destroy();
			if (end instanceof Error) reject(end);
			else resolve(end);
		};
		const bodiless = bytes.toString('latin1', 0, 5) === 'HEAD ';
		const look = (over: boolean) => {
			try {
				const reply = readReply(Buffer.concat(chunks), over, bodiless);
				if (reply || over) finish(reply);
			} catch (error) {
				finish(error as Error);
			}
		};
		socket.on('data', chunk => {
			chunks.push(chunk as Buffer);
			look(false);
		});
		socket.once('end', () => look(true));
		// A server that answers early may close while we still write: what it said is there.
		socket.once('error', () => look(true));
		send(socket, bytes, ends);
	});
}

function send(socket: Socket, bytes: Buffer, ends: boolean): void {
	if (ends) socket.end(bytes);
	else socket.write(bytes);
}

const headEnd = '\r\n\r\n';

/** Undefined while it is not whole. @throws Error when it can't become one */
function readReply(bytes: Buffer, over: boolean, bodiless: boolean): Reply | undefined {
	const at = bytes.indexOf(headEnd);
	if (at < 0) {
		if (over && bytes.length > 0) throw new Error(`Half an answer: ${bytes.toString('latin1')}`);
		return undefined;
	}
	const [first = '', ...lines] = bytes.toString('latin1', 0, at).split('\r\n');
	const status = Number(/^HTTP\/1\.1 (\d{3}) /.exec(first)?.[1]);
	if (!status) throw new Error(`Not an answer: ${first}`);
	const rest = bytes.subarray(at + headEnd.length);
	if (status < 200) return readReply(rest, over, bodiless);
	const headers = Object.fromEntries(
		lines.map(line => {
			const [, name = '', value = ''] = /^([^:]+): ?(.*)$/.exec(line) ?? [];
			return [name.toLowerCase(), value];
		}),
	);
	const body = bodiless || status === 304 ? Buffer.alloc(0) : bodyOf(headers, rest);
	if (body) return {status, headers, body};
	if (over) throw new Error(`An answer that was cut off: ${bytes.toString('latin1', 0, 2000)}`);
	return undefined;
}

function bodyOf(headers: Record<string, string>, rest: Buffer): Buffer | undefined {
	// A stream of events has no end: its beginning does.
	if (headers['content-type'] === 'text/event-stream') return rest.includes('\n\n') ? rest : undefined;
	if (headers['transfer-encoding'] === 'chunked') return unchunked(rest);
	const length = Number(headers['content-length'] ?? 0);
	return rest.length >= length ? rest.subarray(0, length) : undefined;
}

function unchunked(rest: Buffer): Buffer | undefined {
	const parts: Buffer[] = [];
	for (let at = 0; ; ) {
		const line = rest.indexOf('\r\n', at);
		if (line < 0) return undefined;
		const size = Number.parseInt(rest.toString('latin1', at, line), 16);
		if (size === 0) return Buffer.concat(parts);
		parts.push(rest.subarray(line + 2, line + 2 + size));
		at = line + 2 + size + 2;
		if (at > rest.length) return undefined;
	}
}
