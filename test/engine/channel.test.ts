import {Duplex, PassThrough} from 'node:stream';
import test from 'ava';
import fc from 'fast-check';
import {openChannel} from '#engine/channel.ts';
import type {Frame} from '#lib/frame.ts';

/** A channel whose other side is `feed`; what it received and how it ended. */
function listen(mostBytes = 1024) {
	const stream = new PassThrough();
	const frames: Frame<unknown>[] = [];
	const ended = Promise.withResolvers<Error | undefined>();
	const channel = openChannel(stream, {
		mostBytes,
		received: frame => frames.push(frame),
		closed: ended.resolve,
	});
	return {stream, frames, ended: ended.promise, channel};
}

/** The bytes that a channel writes for a frame. */
function bytesOf(head: object, bodies: readonly (Buffer | undefined)[]): Buffer {
	const chunks: Buffer[] = [];
	const stream = new Duplex({
		read() {},
		write(chunk, _encoding, done) {
			chunks.push(chunk);
			done();
		},
	});
	openChannel(stream, {mostBytes: 0, received() {}, closed() {}}).send(head, bodies);
	return Buffer.concat(chunks);
}

const frame = fc.record({
	head: fc.record({type: fc.string(), n: fc.integer()}),
	bodies: fc.array(
		fc.option(
			fc.uint8Array({maxLength: 60}).map(bytes => Buffer.from(bytes)),
			{nil: undefined},
		),
		{
			maxLength: 4,
		},
	),
});

test('frames come whole and in their order, however the stream is cut', async t => {
	await fc.assert(
		fc.asyncProperty(
			fc.array(frame, {minLength: 1, maxLength: 6}),
			fc.infiniteStream(fc.nat(40)),
			async (sent, cuts) => {
				const bytes = Buffer.concat(sent.map(({head, bodies}) => bytesOf(head, bodies)));
				const {stream, frames, ended} = listen();
				let at = 0;
				while (at < bytes.length) {
					const next = at + 1 + (cuts.next().value ?? 0);
					stream.write(bytes.subarray(at, next));
					at = next;
				}
				stream.end();
				t.is(await ended, undefined);
				t.deepEqual(
					frames.map(({head}) => head),
					sent.map(({head}) => head),
				);
				t.deepEqual(
					frames.map(({bodies}) => bodies.map(body => body?.toString('hex'))),
					sent.map(({bodies}) => bodies.map(body => body?.toString('hex'))),
				);
			},
		),
	);
});

test('a frame that says it is too long ends the channel, before it is waited for', async t => {
	const {stream, frames, ended} = listen(100);
	stream.write(Buffer.from([0, 0, 0, 101]));
	t.regex((await ended)?.message ?? '', /at most 100 bytes, got 101/);
	t.deepEqual(frames, []);
});

test('bytes that are no frame end the channel, and nothing after them is heard', async t => {
	const {stream, frames, ended} = listen();
	const good = bytesOf({type: 'good'}, []);
	const bad = Buffer.concat([Buffer.from([0, 0, 0, 5]), Buffer.from('no-no')]);
	stream.write(Buffer.concat([good, bad, good]));
	t.truthy(await ended);
	t.is(frames.length, 1);
});

test('a stream that breaks is an end like any other', async t => {
	const {stream, ended} = listen();
	stream.destroy(new Error('read ECONNRESET'));
	t.is(await ended, undefined);
});

test('closing tells once and sends no more', async t => {
	const {channel, stream, ended} = listen();
	channel.close();
	channel.send({type: 'late'});
	channel.close();
	t.is(await ended, undefined);
	t.true(stream.destroyed);
});
