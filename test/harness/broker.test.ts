import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {existsSync} from 'node:fs';
import {connect} from 'node:net';
import {dirname, join} from 'node:path';
import test from 'ava';
import {openBroker} from './broker.ts';
import {findServer} from './privateNode.ts';
import {rabbit} from './rabbit.ts';

test('the broker of this run answers and has a URL', async t => {
	const {url, kind} = await rabbit();

	t.regex(url, /^amqps?:\/\//);
	t.true(['url', 'node', 'container'].includes(kind));
});

test('a broker of another kind than there is is refused by name', async t => {
	await t.throwsAsync(openBroker({WARREN_TEST_BROKER: 'podman'}), {
		message: /WARREN_TEST_BROKER.*`containers`.*`podman`/,
	});
});

test('a URL that is given is taken before anything is started', async t => {
	const broker = await openBroker({WARREN_TEST_AMQP_URL: 'amqp://somewhere'});

	t.is(broker.kind, 'url');
	t.is(broker.url, 'amqp://somewhere');
});

test('a private node leaves nothing behind, though its run is killed without a warning', async t => {
	t.timeout(180_000);
	const server = findServer();
	// Without the binaries no private node was started, so none can be left behind.
	if (!server) return t.not((await rabbit()).kind, 'node');
	const module = join(dirname(new URL(import.meta.url).pathname), 'privateNode.ts');
	const code = `
		import {startPrivateNode} from ${JSON.stringify(module)};
		const {url, folder} = await startPrivateNode(${JSON.stringify(server)});
		console.log(JSON.stringify({url, folder}));
		setInterval(() => {}, 1000);
	`;
	const run = spawn(process.execPath, ['--input-type=module', '--conditions=source', '-e', code], {
		stdio: ['ignore', 'pipe', 'inherit'],
	});
	const [line] = (await once(run.stdout, 'data')) as [Buffer];
	const {url, folder} = JSON.parse(line.toString()) as {url: string; folder: string};
	t.true(existsSync(folder));
	const socket = connect(Number(new URL(url).port), '127.0.0.1');
	socket.on('error', () => {});
	const closed = new Promise(resolve => socket.once('close', resolve));
	await once(socket, 'connect');

	run.kill('SIGKILL');

	// The broker goes away first; its folder is removed last of all.
	await closed;
	while (existsSync(folder)) await new Promise(setImmediate);
	t.false(existsSync(folder));
});
