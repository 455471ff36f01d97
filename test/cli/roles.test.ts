import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {readdirSync, realpathSync, writeFileSync} from 'node:fs';
import {createServer} from 'node:net';
import {join, resolve} from 'node:path';
import {connect} from 'amqplib';
import test from 'ava';
import {createClient} from '#client/client.ts';
import {names, serverTopology} from '#transport/topology.ts';
import {raiseWalls} from '#worker/executorWalls.ts';
import {testAmbient} from '../harness/ambient.ts';
import {prefix, rabbit} from '../harness/rabbit.ts';
import {spawned} from './process.ts';
import {tempFolder} from './pty.ts';

const up = 'this node is up';
const slow = 'export default () => new Promise(resolve => setTimeout(() => resolve("done"), 1000));';

test('a server and a worker meet over RabbitMQ, and drain when told to', async t => {
	const {url: broker} = await rabbit();
	const own = prefix();
	const folder = tempFolder(t);
	const flags = ['--broker', broker, '--set', `broker.prefix=${own}`];
	const server = spawned(t, folder, ['server', '--port', '0', ...flags]);
	const {url} = await server.logs(up);
	const client = createClient({url: String(url)});
	const {node} = await client.status();
	t.teardown(() => removeAll(broker, own, node));
	t.deepEqual(await client.workers(), []);

	const worker = spawned(t, folder, ['worker', ...flags]);
	await worker.logs(up);
	await client.deploy({name: 'slow', language: 'javascript', code: slow});
	const {task} = await client.submit('slow', 1);
	let state = 'queued';
	while (state === 'queued') ({state} = await client.wait(task, {waitMs: 100}));
	const [seen, ...others] = await client.workers();
	t.deepEqual(others, []);
	t.deepEqual(seen?.missingWalls, Object.keys((await raiseWalls(testAmbient())).missing));
	worker.kill('SIGTERM');
	t.is((await worker.ended).code, 0);
	t.like(await client.wait(task), {state: 'succeeded', attempt: 1});

	server.kill('SIGTERM');
	t.is((await server.ended).code, 0);
	const noise = (await server.ended).err.split('\n').filter(line => /"level":[456]0/.test(line));
	t.deepEqual(noise, []);
});

test('a worker without a broker is refused with the reason', async t => {
	const {code, err} = await spawned(t, tempFolder(t), ['worker']).ended;
	t.is(code, 1);
	t.regex(err, /^warren: Expected `broker\.url` to be an amqp\(s\) URL/);
});

test('a port that is taken is named, and nothing is made for it', async t => {
	const holder = createServer().listen(0, '127.0.0.1');
	await once(holder, 'listening');
	t.teardown(() => holder.close());
	const address = holder.address();
	const port = address !== null && typeof address === 'object' ? address.port : 0;
	const folder = tempFolder(t);
	const {code, err} = await spawned(t, folder, ['up', '--port', String(port)]).ended;
	t.is(code, 1);
	t.deepEqual(readdirSync(folder), []);
	t.regex(
		err,
		new RegExp(`warren: Port ${port} at 127\\.0\\.0\\.1 is taken by another process; choose one with --port`),
	);
});

test('config prints what is in force and where it comes from, and refuses what is not right', async t => {
	const folder = realpathSync(tempFolder(t));
	writeFileSync(join(folder, 'warren.yaml'), 'http: {port: 8080}\nbroker.url: amqp://me:secret@broker\n');
	const {code, out} = await spawned(t, folder, ['config', '--set', 'worker.slots=7']).ended;
	t.is(code, 0);
	t.regex(out, /^http\.port +8080 +\(.*warren\.yaml\)$/m);
	t.regex(out, /^worker\.slots +7 +\(--set worker\.slots\)$/m);
	t.notRegex(out, /secret/);
	const json = await spawned(t, folder, ['config', '--json']).ended;
	t.true(JSON.parse(json.out).some(({key}: {key: string}) => key === 'http.port'));
	const wrong = await spawned(t, folder, ['up', '--set', 'http.prot=1']).ended;
	t.is(wrong.code, 1);
	t.regex(wrong.err, /There is no setting `http\.prot` .*did you mean `http\.port`\?/);
});

test('a reader that goes away, like `head`, is no error', async t => {
	const child = spawn('sh', ['-c', `node ${resolve('bin/warren.cjs')} --help | head -1; true`], {
		stdio: ['ignore', 'pipe', 'pipe'],
	});
	const errors: Buffer[] = [];
	child.stderr.on('data', (chunk: Buffer) => errors.push(chunk));
	child.stdout.resume();
	await once(child, 'close');
	t.is(Buffer.concat(errors).toString(), '');
});

async function removeAll(broker: string, own: string, node: string): Promise<void> {
	const model = await connect(broker, {noDelay: true});
	const channel = await model.createChannel();
	const {queues, exchanges} = serverTopology(names(own), node, 1);
	for (const queue of queues) if (!queue.exclusive) await channel.deleteQueue(queue.name);
	for (const exchange of exchanges) await channel.deleteExchange(exchange.name);
	await model.close();
}
