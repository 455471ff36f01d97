import {readFileSync} from 'node:fs';
import test from 'ava';
import {parse} from 'yaml';
import {loadConfig} from '#config/config.ts';
import {openAccess} from '#node/access.ts';
import {testAmbient} from '../harness/ambient.ts';

type Service = {readonly environment: Record<string, string>; readonly ports?: readonly string[]};
const {server} = (
	parse(readFileSync('docker-compose.yml', 'utf8'), {merge: true}) as {services: {server: Service}}
).services;

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
