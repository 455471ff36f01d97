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
import {interrupt, tempFolder, typed} from './pty.ts';

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

test('on a terminal a server, a worker and a supervisor say where they are, and drain on Ctrl-C', async t => {
	const {url: broker} = await rabbit();
	const own = prefix();
	const flags = ['--broker', broker, '--set', `broker.prefix=${own}`];
	const shown = broker.replace(/(\/\/[^:/@]*):.*@/, '$1:***@');
	const server = typed(t, tempFolder(t), ['server', '--port', '0', ...flags]);
	const [, url = ''] = /API +(http:\S+)\n/.exec(await server.shows(/Ctrl-C drains and stops\.\n/)) ?? [];
	const {node} = await createClient({url}).status();
	t.teardown(() => removeAll(broker, own, node));
	t.regex(server.text(), /^Warren \S+: this server is up\n\n +API/);
	t.true(server.text().includes(`Broker   ${shown}\n`), server.text());

	const worker = typed(t, tempFolder(t), ['worker', '--tags', 'gpu', ...flags]);
	await worker.shows(/Ctrl-C drains and stops\.\n/);
	t.regex(worker.text(), /^Warren \S+: worker \S+ is up\n\n +Broker .*\n +Pool +default\n +Tags +gpu\n/);
	const supervisor = typed(t, tempFolder(t), ['supervise', '--workers', '0', ...flags]);
	await supervisor.shows(/Ctrl-C drains and stops\.\n/);
	t.regex(supervisor.text(), /^Warren \S+: this supervisor of 0 workers is up\n/);

	for (const one of [supervisor, worker, server]) {
		one.type(interrupt);
		t.is(await one.ended, 0);
		t.regex(one.text(), /Draining; Ctrl-C again stops at once\.\n/);
		t.notRegex(one.text(), /"level":/);
	}
});

test('a worker or a server without a broker is refused with the reason', async t => {
	for (const role of ['worker', 'server']) {
		const {code, err} = await spawned(t, tempFolder(t), [role]).ended;
		t.is(code, 1);
		t.regex(
			err,
			new RegExp(
				`^warren: Expected \`broker\\.url\` to be an amqp\\(s\\) URL where \`roles\` is \`${role}\``,
			),
		);
	}
});

test('`warren config` warns of a variable that is nearly a setting', async t => {
	const asked = spawned(t, tempFolder(t), ['config', '--json'], {WARREN_BROKER_UR: '1'});
	const {code, out, err} = await asked.ended;
	t.is(code, 0);
	t.regex(err, /^warren: .*WARREN_BROKER_UR.*did you mean/m);
	t.true(Array.isArray(JSON.parse(out)));
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
