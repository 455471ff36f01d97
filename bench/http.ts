// Calls over HTTP/1.1 connections that are kept, and nothing more: a load generator as wrk is one, that checks
// answers. With one caller each call costs it 210 µs of processor time, as much as amqplib costs the raw echo's
// caller (260); the client of node:http costs 480, undici's `dispatch` 460, and what they cost was a tenth of
// the time that the bench then put down to Warren.
import {once} from 'node:events';
import {connect, type Socket} from 'node:net';

export type Poster = {
	/** POSTs JSON, over a connection that nobody else uses meanwhile. @throws Error unless the answer is 200 */
	post(text: string): Promise<string>;
	stop(): void;
};

const endOfHead = Buffer.from('\r\n\r\n');

export function createPoster(target: URL): Poster {
	const idle: Line[] = [];
	const all = new Set<Line>();
	const head = `POST ${target.pathname} HTTP/1.1\r\nhost: ${target.host}\r\ncontent-type: application/json\r\n`;
	return {
		async post(text) {
			const line = idle.pop() ?? (await openLine(target));
			all.add(line);
			const answer = await line.ask(`${head}content-length: ${Buffer.byteLength(text)}\r\n\r\n${text}`);
			idle.push(line);
			return answer;
		},
		stop() {
			for (const line of all) line.close();
		},
	};
}

/** One connection; one call at a time. */
type Line = {ask(request: string): Promise<string>; close(): void};

async function openLine({hostname, port}: URL): Promise<Line> {
	const socket: Socket = connect({host: hostname, port: Number(port), noDelay: true});
	await once(socket, 'connect');
	let waiting: PromiseWithResolvers<string> | undefined;
	let bytes: Buffer = Buffer.alloc(0);
	const end = (error: Error) => {
		waiting?.reject(error);
		socket.destroy();
	};
	socket.on('error', end);
	socket.on('close', () => end(new Error('The server closed the connection')));
	socket.on('data', (chunk: Buffer) => {
		bytes = bytes.length === 0 ? chunk : Buffer.concat([bytes, chunk]);
		try {
			const body = answerIn(bytes);
			if (body === undefined) return;
			bytes = Buffer.alloc(0);
			waiting?.resolve(body);
		} catch (error) {
			end(error instanceof Error ? error : new Error(String(error)));
		}
	});
	return {
		ask(request) {
			waiting = Promise.withResolvers<string>();
			socket.write(request);
			return waiting.promise;
		},
		close: () => socket.destroy(),
	};
}

/** The body of the answer, once all of it is there. @throws Error unless it is a 200 that says its length */
function answerIn(bytes: Buffer): string | undefined {
	const at = bytes.indexOf(endOfHead);
	if (at < 0) return undefined;
	const head = bytes.toString('latin1', 0, at);
	const from = at + endOfHead.length;
	const length = /\r\ncontent-length: (\d+)/i.exec(head)?.[1];
	if (length === undefined) throw new Error(`Expected an answer that says its length, got ${head}`);
	if (bytes.length < from + Number(length)) return undefined;
	const body = bytes.toString('utf8', from, from + Number(length));
	if (!head.startsWith('HTTP/1.1 200 '))
		throw new Error(`Expected 200, got ${head.split('\r\n')[0]}: ${body}`);
	return body;
}
