import {spawnSync} from 'node:child_process';
import {readFileSync} from 'node:fs';
import test from 'ava';
import {parse} from 'yaml';
import {loadConfig} from '#config/config.ts';
import {openAccess} from '#node/access.ts';
import {testAmbient} from '../harness/ambient.ts';
import {findCompose} from '../harness/compose.ts';

type Service = {
	readonly image?: string;
	readonly hostname?: string;
	readonly volumes?: readonly string[];
	readonly environment: Record<string, string>;
	readonly ports?: readonly string[];
	readonly depends_on?: Record<string, {readonly condition: string}>;
	readonly healthcheck?: object;
};
const {services} = parse(readFileSync('docker-compose.yml', 'utf8'), {merge: true}) as {
	services: Record<'server' | 'worker' | 'broker' | 'database', Service>;
};
const {server, worker, broker, database} = services;

test('the server of docker-compose.yml asks nobody for a key, and is published on loopback alone', async t => {
	const {http, node} = loadConfig({env: server.environment, cwd: '/'});
	t.is(http.host, '0.0.0.0');
	const {keys: _, ...access} = http;
	t.is(await openAccess(testAmbient(), node.data, access), undefined);
	t.deepEqual(server.ports, ['127.0.0.1:7070:7070']);
});

test('without that line it does not start before it has a key', async t => {
	const {WARREN_HTTP_OPEN: _, ...environment} = server.environment;
	const {http, node} = loadConfig({env: environment, cwd: '/nowhere'});
	await t.throwsAsync(openAccess(testAmbient(), node.data, {host: http.host, open: http.open}), {
		name: 'KeysMissing',
		message: /there is none in \/data\/keys\.json/,
	});
});

test('the server waits for its broker and its database; a worker knows of no database', t => {
	const healthy = {condition: 'service_healthy'};
	t.deepEqual(server.depends_on, {broker: healthy, database: healthy});
	t.deepEqual(worker.depends_on, {broker: healthy});
	for (const service of [server, worker, broker, database]) t.truthy(service.healthcheck);
	const {store} = loadConfig({env: server.environment, cwd: '/'});
	t.regex(store.url, /^postgres:\/\/warren:.+@database:5432\/warren$/);
	t.deepEqual(Object.keys(worker.environment), ['WARREN_BROKER_URL', 'WARREN_WORKER_HEARTBEAT_FILE']);
	t.is(worker.environment.WARREN_BROKER_URL, server.environment.WARREN_BROKER_URL);
});

// Its data lies below `mnesia/rabbit@HOSTNAME`. The hostname is the container's random id unless it is given, so what
// was confirmed would still be on the volume after `down` and `up`, and nobody would read it.
test('a broker that keeps its data on a volume has the same hostname in each container', t => {
	const brokers = Object.values(services).filter(
		({image, volumes}) => image?.startsWith('rabbitmq:') && volumes,
	);
	t.deepEqual(brokers, [broker]);
	for (const {hostname} of brokers) t.regex(hostname ?? '', /^[a-z][a-z0-9-]*$/);
});

// CI installs it; elsewhere its absence is said, and what is above stands for the file.
const compose = findCompose();
if (!compose)
	console.error('test: Compose is not installed here, so it is not asked to read docker-compose.yml');

if (compose) {
	const [command, ...args] = compose;
	const config = (file: string, input?: string) =>
		spawnSync(command, [...args, '--file', file, 'config'], {encoding: 'utf8', input, env: process.env});

	test('Compose reads docker-compose.yml', t => {
		const {status, stdout, stderr} = config('docker-compose.yml');
		t.is(status, 0, stderr);
		const read = parse(stdout) as {services: Record<string, Service>};
		t.deepEqual(Object.keys(read.services).toSorted(), ['broker', 'database', 'server', 'worker']);
		t.is(read.services.worker?.environment.WARREN_BROKER_URL, 'amqp://warren:warren@broker:5672');
	});

	test('Compose refuses the same file with a word that it does not know', t => {
		const text = readFileSync('docker-compose.yml', 'utf8').replace('restart:', 'restarts:');
		const {status, stderr} = config('-', text);
		t.not(status, 0);
		t.regex(stderr, /restarts/);
	});
}
