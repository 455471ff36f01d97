// The promise of page one with PostgreSQL in the place of a file: the node may die, and the database too.
import test from 'ava';
import {ownPostgres, postgres, schema} from '../harness/postgres.ts';
import {start} from './process.ts';
import {folder, squares} from './squares.ts';

const http = {host: '127.0.0.1', port: 0, bodyLimitBytes: 8 * 1024 * 1024};
const worker = {executors: 1, slots: 4};
const dispatch = {window: 40};

test('a node that is killed again and again finishes all that PostgreSQL holds of it', async t => {
	t.timeout(120_000);
	const [data, url] = [await folder(t), await schema(t, await postgres())];
	const {deploy, offer, reach, check, look} = squares(t);
	const again = () => start(t, {data, http, worker, dispatch, store: {url}});
	let node = await again();
	await deploy(node.url);
	for (const seen of [10, 50]) {
		await offer(node.url);
		await reach(node.url, seen);
		await node.kill();
		node = await again();
	}
	await offer(node.url);
	await check(node.url);
	await node.kill();
	await look(url);
});

test('a node goes on by itself when its database was killed and is there again', async t => {
	t.timeout(120_000);
	const server = await ownPostgres('a node outlives a kill -9 of its database server');
	t.teardown(() => server.stop());
	const [data, url] = [await folder(t), await schema(t, server.url)];
	const {deploy, offer, reach, check} = squares(t);
	const node = await start(t, {data, http, worker, dispatch, store: {url}});
	await deploy(node.url);
	await offer(node.url);
	await reach(node.url, 10);
	await server.kill();
	const refused = await fetch(`${node.url}/v1/functions/square/tasks`, {
		method: 'POST',
		headers: {'content-type': 'application/json'},
		body: '{"input": {"n": 1}}',
	});
	t.is(refused.status, 503);
	t.regex(await refused.text(), /cannot be reached|lost its connection/);
	await server.start();
	await check(node.url);
});
