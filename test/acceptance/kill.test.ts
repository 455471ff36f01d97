// The promise on page one: an accepted task is finished, once, whichever process dies.
import {join} from 'node:path';
import type {ExecutionContext} from 'ava';
import type {Mode} from '#dispatch/dispatch.ts';
import {openGround, testOn} from '../harness/combination.ts';
import type {Combination} from '../harness/combinations.ts';
import {isThorough} from '../harness/thorough.ts';
import {start} from './process.ts';
import {folder, squares} from './squares.ts';

const http = {host: '127.0.0.1', port: 0, bodyLimitBytes: 8 * 1024 * 1024};
const worker = {executors: 1, slots: 4};
const dispatch = {window: 40};

for (const mode of isThorough ? (['pull', 'local'] as const) : (['local'] as const)) {
	testOn(['memory+sqlite'])(
		`a node that is killed again and again finishes all it accepted, with the right results: ${mode}`,
		async (t, on) => {
			t.timeout(120_000);
			const [data, ground] = [await folder(t), await openGround(t, on)];
			const {deploy, offer, reach, check, look} = squares(t);
			const again = () => start(t, {data, id: 'n1', http, worker, dispatch: {...dispatch, mode}, ...ground});
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
			await look(ground.store?.url ?? `sqlite:${join(data, 'warren.db')}`);
		},
	);
}

const takeTurns = async (t: ExecutionContext, on: Combination, mode: Mode): Promise<void> => {
	t.timeout(120_000);
	const [data, ground] = [await folder(t), await openGround(t, on)];
	const {broker} = ground;
	const {deploy, offer, reach, check, look} = squares(t);
	const server = () =>
		start(t, {roles: ['server'], data, id: 'n1', http, dispatch: {...dispatch, mode}, ...ground});
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
	await look(ground.store?.url ?? `sqlite:${join(data, 'warren.db')}`);
};

const title = 'servers and workers that are killed in turn lose nothing and repeat no end';
const brokers = ['rabbit+sqlite', 'rabbit+postgres'] as const;
testOn(isThorough ? brokers : ['rabbit+sqlite'], brokers)(`${title}: pull`, (t, on) =>
	takeTurns(t, on, 'pull'),
);
testOn(['rabbit+sqlite'], brokers)(`${title}: push`, (t, on) => takeTurns(t, on, 'push'));
