// Many inputs as few tasks, over REST, in a whole node.
import type {ChunkEnd} from '#client/chunks.ts';
import {WarrenError} from '#client/error.ts';
import type {ChunkList, LineOutcome} from '#contract/chunk.ts';
import {testOn} from '../harness/combination.ts';
import {node} from './node.ts';

const each = testOn(['memory+sqlite']);
const wide = testOn(['memory+sqlite', 'rabbit+sqlite', 'rabbit+postgres']);

const square = 'export default (n: number) => n * n;';

async function all(chunks: AsyncIterable<ChunkEnd>): Promise<ChunkEnd[]> {
	const ends: ChunkEnd[] = [];
	for await (const end of chunks) ends.push(end);
	return ends;
}

/** The outcomes of all inputs; of a failure its code. */
const outcomesOf = (ends: readonly ChunkEnd[]): unknown[] =>
	ends.flatMap(end =>
		'text' in end
			? (JSON.parse(end.text) as LineOutcome[]).map(one => ('value' in one ? one.value : one.failure.code))
			: Array.from({length: end.count}, () => end.failure.code),
	);

wide('ten thousand inputs come back as their outcomes, in their order', async (t, on) => {
	const {client, deploy} = await node(t, on);
	await deploy('square', square);
	const inputs = Array.from({length: 10_000}, (_, at) => at);
	const ends = await all(client.mapChunks('square', inputs));
	t.deepEqual(
		outcomesOf(ends),
		inputs.map(n => n * n),
	);
	t.is(ends.length, 64);
	const [first] = ends;
	t.like(await client.get(first?.task ?? ''), {state: 'succeeded', chunk: first?.count, attempt: 1});
	t.like(await client.status(), {ledger: {accepted: 64, succeeded: 64, waiting: 0, running: 0}});
});

each('an array that is written over many lines is cut into its items', async (t, on) => {
	const {deploy, url, client} = await node(t, on);
	await deploy('echo', 'export default (x: unknown) => x;');
	const inputs = [{a: [1, {b: 'x\ny'}]}, 'two\nlines', 3];
	const answer = await fetch(`${url}/v1/functions/echo/map?size=2`, {
		method: 'POST',
		headers: {'content-type': 'application/json'},
		body: JSON.stringify(inputs, undefined, '\t'),
	});
	t.is(answer.status, 202);
	const list = (await answer.json()) as ChunkList;
	t.is(list.inputs, 3);
	t.deepEqual(
		list.chunks.map(({first, count}) => [first, count]),
		[
			[0, 2],
			[2, 1],
		],
	);
	const outcomes: LineOutcome[] = [];
	for (const chunk of list.chunks) {
		if (!('task' in chunk.answer)) throw new Error('Expected the chunk to be taken');
		await client.wait(chunk.answer.task);
		outcomes.push(...(await client.result<LineOutcome[]>(chunk.answer.task)));
	}
	t.deepEqual(
		outcomes,
		inputs.map(value => ({value})),
	);
});

each('an input that fails is named in its place, and costs its neighbours nothing', async (t, on) => {
	const {client, deploy} = await node(t, on);
	await deploy(
		'picky',
		"export default (n: number) => { if (n % 7 === 3) throw new Error('no'); return n; };",
	);
	const inputs = Array.from({length: 50}, (_, at) => at);
	t.deepEqual(
		outcomesOf(await all(client.mapChunks('picky', inputs, {size: 20}))),
		inputs.map(n => (n % 7 === 3 ? 'FUNCTION_THREW' : n)),
	);
});

each('a chunk is one task: it is cancelled whole, and shows as one', async (t, on) => {
	const {client, deploy, url} = await node(t, on);
	await deploy('slow', 'export default () => new Promise(() => {});');
	const answer = await fetch(`${url}/v1/functions/slow/map?size=10`, {
		method: 'POST',
		headers: {'content-type': 'application/x-ndjson'},
		body: '1\n2\n3\n',
	});
	const {chunks} = (await answer.json()) as ChunkList;
	t.is(chunks.length, 1);
	const [chunk] = chunks;
	const task = chunk && 'task' in chunk.answer ? chunk.answer.task : '';
	t.like(await client.cancel(task), {task, cancelled: true});
	t.like(await client.wait(task), {state: 'cancelled', chunk: 3});
});

each('what can not be mapped is refused with what was expected', async (t, on) => {
	const {client, deploy, url} = await node(t, on);
	await deploy('square', square);
	const post = async (path: string, body: string, headers: Record<string, string> = {}) => {
		const answer = await fetch(`${url}/v1/functions/${path}`, {
			method: 'POST',
			headers: {'content-type': 'application/json', ...headers},
			body,
		});
		return [answer.status, ((await answer.json()) as {detail: string}).detail] as const;
	};
	const wrong: [Parameters<typeof post>, number, RegExp][] = [
		[['square/map', '{"a": 1}'], 400, /JSON array of inputs/],
		[['square/map', '[1', {}], 400, /not valid JSON/],
		[['square/map', '[1]', {'idempotency-key': 'k'}], 400, /no `Idempotency-Key` for a map/],
		[['square/map', '[1]', {'warren-spill': 'true'}], 400, /no `Warren-Spill` for a map/],
		[['square/map?size=1', `[${'1,'.repeat(10_000)}1]`], 400, /at most 10000 chunks/],
		[['square/map?size=0', '[1]'], 400, /size/],
		[['none/map', '[1]'], 404, /no function `none`/],
		[
			['square/map', '1', {'content-type': 'application/x-ndjson', 'content-encoding': 'gzip'}],
			415,
			/without `Content-Encoding`/,
		],
		[
			['square/map', '1', {'content-type': 'text/plain'}],
			415,
			/json` or `application\/x-ndjson`, got `text\/plain`/,
		],
	];
	for (const [args, status, says] of wrong) {
		const [got, detail] = await post(...args);
		t.is(got, status, detail);
		t.regex(detail, says);
	}
	await t.throwsAsync(all(client.mapChunks('none', [1])), {instanceOf: WarrenError});
	t.deepEqual(await all(client.mapChunks('square', [])), []);
});

each('lines are lines however their type is written, and what is none hangs nobody', async (t, on) => {
	const {deploy, url} = await node(t, on);
	await deploy('square', square);
	const post = async (body: string) => {
		const headers = {'content-type': 'Application/X-NDJSON; charset=utf-8'};
		const answer = await fetch(`${url}/v1/functions/square/map`, {method: 'POST', headers, body});
		return [answer.status, ((await answer.json()) as ChunkList).inputs] as const;
	};
	t.deepEqual(await post('1\n2\n'), [202, 2]);
	t.deepEqual(await post('["aa'), [202, 1]);
});
