// A chunk is inside when its executor dies.
import {setTimeout as delay} from 'node:timers/promises';
import type {ChunkEnd} from '#client/chunks.ts';
import type {Client} from '#client/client.ts';
import {testOn} from '../harness/combination.ts';
import {executorOf} from '../worker/processes.ts';
import {node} from './node.ts';

const each = testOn(['memory+sqlite']);
const betweenMs = 20;

async function running(client: Client): Promise<string> {
	for (;;) {
		const tasks = await client.list();
		const found = tasks.find(({state}) => state === 'running');
		if (found) return found.id;
		await delay(betweenMs);
	}
}

each('a chunk whose executor dies is charged once, and tried again as a whole', async (t, on) => {
	const {client, deploy} = await node(t, on);
	const source =
		'export default (n: number, ctx: {attempt: number}) => (ctx.attempt === 1 && n === 2 ? new Promise(() => {}) : n);';
	await deploy('stuck', source, {policy: {maxAttempts: 2, backoff: {baseMs: 1, factor: 1, maxMs: 1}}});
	const ends: ChunkEnd[] = [];
	const all = (async () => {
		for await (const end of client.mapChunks('stuck', [0, 1, 2, 3], {size: 4})) ends.push(end);
	})();
	const task = await running(client);
	process.kill(executorOf(), 'SIGKILL');
	await all;
	t.deepEqual(ends, [{first: 0, count: 4, task, text: '[{"value":0},{"value":1},{"value":2},{"value":3}]'}]);
	t.like(await client.get(task), {state: 'succeeded', attempt: 2, charged: 1});
});
