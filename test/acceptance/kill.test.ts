// The promise on page one: an accepted task is finished, once, whichever process dies.
import {join} from 'node:path';
import test from 'ava';
import {sweep} from '../harness/broom.ts';
import {prefix, rabbit} from '../harness/rabbit.ts';
import {start} from './process.ts';
import {folder, squares} from './squares.ts';

const http = {host: '127.0.0.1', port: 0, bodyLimitBytes: 8 * 1024 * 1024};
const worker = {executors: 1, slots: 4};
const dispatch = {window: 40};

test('an embedded node that is killed again and again finishes all it accepted, with the right results', async t => {
	t.timeout(120_000);
	const data = await folder(t);
	const {deploy, offer, reach, check, look} = squares(t);
	const again = () => start(t, {data, http, worker, dispatch});
	let node = await again();
	await deploy(node.url);
	for (const seen of [10, 40, 80]) {
		await offer(node.url);
		await reach(node.url, seen);
		await node.kill();
		node = await again();
	}
	await offer(node.url);
	await check(node.url);
	await node.kill();
	await look(`sqlite:${join(data, 'warren.db')}`);
});

test('on RabbitMQ, servers and workers that are killed in turn lose nothing and repeat no end', async t => {
	t.timeout(120_000);
	const data = await folder(t);
	const broker = {url: (await rabbit()).url, prefix: prefix()};
	t.teardown(() => sweep(broker));
	const {deploy, offer, reach, check, look} = squares(t);
	const server = () => start(t, {roles: ['server'], data, id: 'n1', http, dispatch, broker});
	const hands = () => start(t, {roles: ['worker'], worker, broker});
	let [node, hand] = await Promise.all([server(), hands()]);
	await deploy(node.url);
	await offer(node.url);
	await reach(node.url, 10);
	await hand.kill();
	hand = await hands();
	await reach(node.url, 30);
	await node.kill();
	node = await server();
	await offer(node.url);
	await reach(node.url, 60);
	await Promise.all([node.kill(), hand.kill()]);
	[node, hand] = await Promise.all([server(), hands()]);
	await offer(node.url);
	await check(node.url);
	await Promise.all([node.kill(), hand.kill()]);
	await look(`sqlite:${join(data, 'warren.db')}`);
});
