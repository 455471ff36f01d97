import type {Duplex} from 'node:stream';
import {decodeFrame, encodeFrame, type Frame} from '#lib/frame.ts';

/** Frames (lib/frame.ts) over one stream, each with its length in front: 4 bytes, big endian. */
export type Channel = {
	send(head: object, bodies?: readonly (Buffer | undefined)[]): void;
	/** Gives up the stream; `closed` follows. */
	close(): void;
};

export type ChannelOptions = {
	/** A frame that says it is longer is not waited for: the other side is broken or hostile. */
	readonly mostBytes: number;
	readonly received: (frame: Frame<unknown>) => void;
	/** Once, at the end of the stream, however it came; with the error if that was bytes that are no frame. */
	readonly closed: (error?: Error) => void;
};

const prefixBytes = 4;

export function openChannel(stream: Duplex, {mostBytes, received, closed}: ChannelOptions): Channel {
	let over = false;
	const end = (error?: Error) => {
		if (over) return;
		over = true;
		stream.destroy();
		closed(error);
	};
	const split = createSplitter(mostBytes, bytes => received(decodeFrame(bytes)));
	stream.on('data', (chunk: Buffer) => {
		if (over) return;
		try {
			split(chunk);
		} catch (error) {
			end(error instanceof Error ? error : new Error('The channel broke'));
		}
	});
	// Whoever dies before it has read all breaks it (ECONNRESET).
	stream.on('error', () => end());
	stream.on('close', () => end());
	stream.on('end', () => end());
	return {
		send(head, bodies = []) {
			if (over) return;
			const frame = encodeFrame(head, bodies);
			const prefix = Buffer.allocUnsafe(prefixBytes);
			prefix.writeUInt32BE(frame.length);
			stream.cork();
			stream.write(prefix);
			stream.write(frame);
			stream.uncork();
		},
		close: () => end(),
	};
}

/** Puts chunks together again into whole frames. A frame's bytes are its own: they may be kept. */
function createSplitter(mostBytes: number, whole: (bytes: Buffer) => void): (chunk: Buffer) => void {
	let parts: Buffer[] = [];
	let have = 0;
	let wanted = prefixBytes;

	return chunk => {
		parts.push(chunk);
		have += chunk.length;
		while (have >= wanted) {
			const bytes = parts.length === 1 && parts[0] ? parts[0] : Buffer.concat(parts);
			const length = bytes.readUInt32BE(0);
			if (length > mostBytes)
				throw new RangeError(`Expected a frame of at most ${mostBytes} bytes, got ${length}`);
			wanted = prefixBytes + length;
			parts = [bytes];
			if (have < wanted) return;
			whole(bytes.subarray(prefixBytes, wanted));
			parts = have > wanted ? [bytes.subarray(wanted)] : [];
			have -= wanted;
			wanted = prefixBytes;
		}
	};
}
