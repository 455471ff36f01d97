import {once} from 'node:events';
import {Duplex} from 'node:stream';
import {setImmediate as turn} from 'node:timers/promises';
import test from 'ava';
import {gatherWrites} from '#transport/rabbit/gathered.ts';

/** A stream that keeps what each write to its other end held. */
function wire(options: {writableHighWaterMark?: number} = {}) {
	const writes: string[] = [];
	const stream = new Duplex({
		...options,
		read() {},
		write(chunk: Buffer, _, done) {
			writes.push(String(chunk));
			done();
		},
		writev(chunks, done) {
			writes.push(Buffer.concat(chunks.map(({chunk}) => chunk as Buffer)).toString());
			done();
		},
	});
	gatherWrites(stream);
	return {stream, writes};
}

test('what is written in one turn goes out as one write, in its order', async t => {
	const {stream, writes} = wire();
	for (const text of ['a', 'b', 'c']) stream.write(text);
	t.deepEqual(writes, []);
	await turn();
	stream.write('d');
	await turn();
	t.deepEqual(writes, ['abc', 'd']);
});

test('it has gone before the next turn begins', async t => {
	const {stream, writes} = wire();
	const gone = new Promise<string[]>(resolve => {
		setImmediate(() => {
			stream.write('a');
			setImmediate(() => resolve([...writes]));
		});
	});
	t.deepEqual(await gone, ['a']);
});

test('more than it takes at once is told, and goes on after `drain`', async t => {
	const {stream, writes} = wire({writableHighWaterMark: 4});
	t.true(stream.write('ab'));
	t.false(stream.write('cdef'));
	await once(stream, 'drain');
	t.true(stream.write('g'));
	await turn();
	t.deepEqual(writes, ['abcdef', 'g']);
});

test('nothing is lost by an end in the same turn', async t => {
	const {stream, writes} = wire();
	stream.write('a');
	stream.end('b');
	await once(stream, 'finish');
	t.is(writes.join(''), 'ab');
});
