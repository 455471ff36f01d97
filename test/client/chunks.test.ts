// Many inputs as chunks, over more than one request.
import test from 'ava';
import {fail} from '#actors/failure.ts';
import type {ChunkEnd} from '#client/chunks.ts';
import {createClient} from '#client/client.ts';
import {WarrenError} from '#client/error.ts';
import {problemType} from '#contract/problem.ts';

type Answer = (request: {readonly path: string; readonly lines: readonly string[]}) => Response;

const problem = (status: number) => {
	const {code, message, retryable} = fail('UNAVAILABLE');
	const body = {type: `urn:warren:${code}`, title: 'x', status, code, detail: message, retryable};
	return new Response(JSON.stringify(body), {status, headers: {'content-type': problemType}});
};

/** A node that makes a task of each line, which returns it. */
function world({
	posted = () => undefined,
	asked = () => undefined,
}: Partial<Record<'posted' | 'asked', (at: string) => Response | undefined>> = {}) {
	const inputs: string[] = [];
	const requests: number[] = [];
	const answer: Answer = ({path, lines}) => {
		if (!path.endsWith('/map')) {
			const [task = ''] = path.split('/').slice(3);
			return asked(task) ?? new Response(`[{"value":${inputs[Number(task)]}}]`);
		}
		requests.push(lines.length);
		const refused = posted(`${requests.length}`);
		if (refused) return refused;
		const chunks = lines.map((_, first) => ({
			first,
			count: 1,
			answer: {task: `${inputs.length + first}`, state: 'queued'},
		}));
		inputs.push(...lines);
		return new Response(JSON.stringify({inputs: lines.length, chunks}));
	};
	const client = createClient({
		url: 'http://warren.example',
		attempts: 1,
		fetch: async (url, init) => {
			const {body} = init ?? {};
			const lines = typeof body === 'string' ? body.split('\n') : [];
			return answer({path: new URL(url as string).pathname, lines});
		},
	});
	return {client, requests};
}

async function told(
	chunks: AsyncIterable<ChunkEnd>,
): Promise<{readonly values: unknown[]; readonly error: unknown}> {
	const values: unknown[] = [];
	try {
		for await (const end of chunks)
			values.push(
				...('text' in end
					? (JSON.parse(end.text) as {value: unknown}[]).map(({value}) => value)
					: [end.failure.code]),
			);
	} catch (error) {
		return {values, error};
	}
	return {values, error: undefined};
}

const upTo = (count: number) => Array.from({length: count}, (_, at) => at);

test('a request makes at most a thousand tasks, and has at most four megabytes', async t => {
	const {client, requests} = world();
	t.deepEqual((await told(client.mapChunks('f', upTo(1005), {size: 1}))).values, upTo(1005));
	t.deepEqual(requests, [1000, 5]);
	const large = Array.from({length: 5}, () => 'é'.repeat(500_000));
	const other = world();
	t.deepEqual((await told(other.client.mapChunks('f', large))).values, large);
	t.deepEqual(other.requests, [4, 1]);
});

test('when a later request is refused, what was taken before is told first', async t => {
	const {client} = world({posted: at => (at === '2' ? problem(503) : undefined)});
	const {values, error} = await told(client.mapChunks('f', upTo(1005), {size: 1}));
	t.deepEqual(values, upTo(1000));
	t.true(error instanceof WarrenError);
});

test('when it can not be heard how a task ended, its name and those behind it are told', async t => {
	const {client} = world({asked: task => (task === '2' ? problem(503) : undefined)});
	const {values, error} = await told(client.mapChunks('f', upTo(5), {size: 1}));
	t.deepEqual(values, [0, 1]);
	if (!(error instanceof WarrenError)) throw error;
	t.regex(error.message, /not heard of: 2, 3, 4$/);
	t.deepEqual(error.failure.details, {tasks: ['2', '3', '4']});
});

test('bytes that are no JSON text are refused before anything is sent', async t => {
	const {client, requests} = world();
	const {error} = await told(client.mapChunks('f', [1, Buffer.from('  '), 2]));
	t.true(error instanceof SyntaxError);
	t.deepEqual(requests, []);
});
