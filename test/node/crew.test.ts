import {once} from 'node:events';
import {mkdtemp, rm} from 'node:fs/promises';
import {connect, createServer} from 'node:net';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import test from 'ava';
import {createWarren} from '#warren.ts';
import {testAmbient} from '../harness/ambient.ts';
import {portOf} from '../harness/ports.ts';
import {targetOf} from '../harness/proxy.ts';
import {rabbit} from '../harness/rabbit.ts';

test('a worker with tags that are no names does not start, and leaves its folder to the next', async t => {
	const data = await mkdtemp(join(tmpdir(), 'warren-crew-'));
	t.teardown(() => rm(data, {recursive: true, force: true}));
	const start = (...tags: string[]) => createWarren({data, worker: {executors: 1, tags}}, testAmbient());
	await t.throwsAsync(start('gpu', 'Not a name'), {
		instanceOf: TypeError,
		message: /^Expected `worker\.tags` to be .* names of lower-case letters.*, got `gpu, Not a name`$/,
	});
	await t.throwsAsync(start(...Array.from({length: 100}, (_, n) => `t${n}`)), {
		instanceOf: TypeError,
		message: /at most \d+ names/,
	});
	const warren = await start('gpu');
	await warren.stop();
});

test('a node that does not come about leaves no connection to its broker', async t => {
	const {url} = await rabbit();
	const connections: Promise<unknown>[] = [];
	const door = createServer(client => {
		const broker = connect(targetOf(url));
		connections.push(once(client, 'close'));
		for (const one of [client, broker]) one.on('error', () => {});
		client.pipe(broker).pipe(client);
	}).listen(0, '127.0.0.1');
	await once(door, 'listening');
	t.teardown(() => door.close());
	const through = new URL(url);
	through.host = `127.0.0.1:${portOf(door)}`;
	const options = {broker: {url: through.href}, worker: {tags: ['!']}};
	await t.throwsAsync(createWarren({...options, roles: ['worker']}, testAmbient()), {instanceOf: TypeError});
	t.true(connections.length > 0);
	await Promise.all(connections);
});
