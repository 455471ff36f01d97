import {once} from 'node:events';
import {connect, createServer, type Socket} from 'node:net';
import test, {type ExecutionContext} from 'ava';
import {readAddress} from '#transport/rabbit/address.ts';
import {Link} from '#transport/rabbit/link.ts';
import {TransportDown} from '#transport/transport.ts';
import {testAmbient} from '../harness/ambient.ts';
import {portOf} from '../harness/ports.ts';
import {targetOf} from '../harness/proxy.ts';
import {rabbit} from '../harness/rabbit.ts';

/** How the broker says that a connection is open: class 10, method 41. */
const openOk = Buffer.from([0, 10, 0, 41]);

const hooks = {setup: () => Promise.resolve(), up() {}, down() {}, pressure() {}};

/** A link through a door that is asked what to do when the broker says that the connection is open. */
async function linkThrough(t: ExecutionContext, atOpenOk: (client: Socket, said: Buffer) => void) {
	const {url} = await rabbit();
	const opened = Promise.withResolvers<void>();
	const door = createServer(client => {
		const broker = connect(targetOf(url));
		client.on('error', () => {}).on('close', () => broker.destroy());
		broker.on('error', () => {}).on('close', () => client.destroy());
		client.pipe(broker);
		broker.on('data', (chunk: Buffer) => {
			if (!chunk.includes(openOk)) return client.write(chunk);
			opened.resolve();
			return atOpenOk(client, chunk);
		});
	}).listen(0, '127.0.0.1');
	await once(door, 'listening');
	t.teardown(() => door.close());
	const through = new URL(url);
	through.host = `127.0.0.1:${portOf(door)}`;
	const ambient = testAmbient();
	const link = new Link(ambient, await readAddress(through.href, 'link'), 'test', hooks);
	return {link, opened: opened.promise, ambient};
}

test('a stop while a connection opens is not harmed by a broker that cuts it then', async t => {
	let closing: Promise<void> | undefined;
	const gone = Promise.withResolvers<void>();
	const {link, opened, ambient} = await linkThrough(t, (client, said) => {
		closing = link.close();
		client.on('close', gone.resolve);
		client.end(said);
	});
	await link.open();
	const ready = link.ready(10_000);

	await t.throwsAsync(ready, {instanceOf: TransportDown, message: /is closed/});
	await opened;
	await Promise.all([closing, gone.promise]);

	t.deepEqual(
		ambient.lines.map(({msg}) => msg),
		[],
	);
});
