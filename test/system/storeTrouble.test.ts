import {readFile} from 'node:fs/promises';
import {join} from 'node:path';
import test, {type ExecutionContext} from 'ava';
import {pino} from 'pino';
import {createClient} from '#client/client.ts';
import {WarrenError} from '#client/error.ts';
import type {Happening} from '#contract/status.ts';
import {systemClock} from '#lib/clock.ts';
import {createMetrics} from '#observe/metrics.ts';
import {createWarren} from '#warren.ts';
import type {LogLine} from '../harness/ambient.ts';
import {arrivals} from '../harness/arrivals.ts';
import {tear, tearBody} from '../store/tear.ts';
import {canSeal, folder, sealed, storeTroubles} from './storeTroubles.ts';

const again = 'the store takes commits again';

/** A node whose store is in a folder of its own, apart from its data. */
async function open(t: ExecutionContext, kept: string, data: string) {
	const lines = arrivals<LogLine>('lines');
	const happenings = arrivals<Happening>('happenings');
	const write = (line: string) => lines.push(JSON.parse(line) as LogLine);
	const warren = await createWarren(
		{
			...{id: 'n1', data, store: {url: `sqlite:${join(kept, 'warren.db')}`}},
			http: {host: '127.0.0.1', port: 0, bodyLimitBytes: 8 * 1024 * 1024},
			worker: {executors: 1},
		},
		{log: pino({level: 'debug'}, {write}), clock: systemClock, metrics: createMetrics()},
	);
	t.teardown(async () => {
		// As the process of a node does: the tries of a node whose store refuses keep none alive.
		const alive = setInterval(() => {}, 60_000);
		await warren.stop();
		clearInterval(alive);
	});
	warren.feed.listen(one => happenings.push(one));
	await warren.start();
	const url = warren.url ?? '';
	const client = createClient({url});
	const deploy = (name: string, code: string) => client.deploy({name, language: 'javascript', code});
	const submit = (name: string, input: unknown) =>
		fetch(`${url}/v1/functions/${name}/tasks`, {
			method: 'POST',
			headers: {'content-type': 'application/json'},
			body: JSON.stringify(input),
		});
	return {warren, url, client, deploy, submit, lines, happenings};
}

/** A submission and the probe are refused with 503 and this reason; the process itself is well. */
async function refused(t: ExecutionContext, node: Awaited<ReturnType<typeof open>>, why: RegExp) {
	for (const answer of [await fetch(`${node.url}/readyz`), await node.submit('sleep', 1)]) {
		t.is(answer.status, 503);
		t.is(answer.headers.get('retry-after'), '1');
		const problem = (await answer.json()) as {detail: string};
		t.like(problem, {code: 'UNAVAILABLE', retryable: true});
		t.regex(problem.detail, why);
	}
	t.is((await fetch(`${node.url}/healthz`)).status, 200);
}

/** A result that needs pages of its own: what is small may find room in a file that must not grow. */
const slept = (ms: number) => ({ms, text: 'z'.repeat(20_000)});
const code = `export default ms =>
	new Promise(done => setTimeout(() => done({ms, text: 'z'.repeat(20_000)}), ms));`;

// One by one: a lock holds up the process for a while, with whatever else runs in it.
for (const {what, says, make} of storeTroubles) {
	test.serial(
		`${what}: new work is refused and says why, what was accepted ends once it is over`,
		async t => {
			const trouble = await make(t);
			const node = await open(t, trouble.folder, await folder(t));
			const {client, lines, happenings} = node;
			await node.deploy('sleep', code);
			const tasks = await Promise.all([10_000, 10_001, 10_002].map(ms => client.submit('sleep', ms)));
			await happenings.find(({actor, state}) => actor === 'worker' && state === 'busy');

			await trouble.begin();
			// Nobody asks anything of the node: what it can't commit is how the first of them ended.
			await lines.find(({level, msg}) => level === 50 && msg.startsWith('a commit failed'));
			await refused(t, node, says);
			for (const {task} of tasks) t.is((await client.get(task)).endedAt, null);

			await trouble.end();
			await lines.find(({msg}) => msg === again);
			t.is((await fetch(`${node.url}/readyz`)).status, 200);
			for (const {task} of tasks) t.is((await client.wait(task)).state, 'succeeded');
			const results = await Promise.all(tasks.map(({task}) => client.result(task)));
			t.deepEqual(results, [10_000, 10_001, 10_002].map(slept));
			t.deepEqual((await client.invoke('sleep', 1)).result, slept(1));
			t.like(await client.status(), {ledger: {accepted: 4, succeeded: 4, waiting: 0, running: 0}});
			t.is(lines.all.filter(({level}) => level === 50).length, 1);
		},
	);
}

const testOf = canSeal ? test.serial : test.serial.skip;
testOf('where nobody may write no node starts, and a later one serves', async t => {
	const place = await sealed(t);
	const kept = place.folder;
	const data = await folder(t);
	const first = await open(t, kept, data);
	await first.deploy('sleep', 'export default ms => ms;');
	const {task} = await first.client.invoke('sleep', 7);
	await first.warren.stop();

	await place.begin();
	await t.throwsAsync(open(t, kept, data), {
		name: 'StoreTrouble',
		message: /make the file and its folder writable/,
	});
	await place.end();
	const {client} = await open(t, kept, data);
	t.is(await client.result(task), 7);
	t.is((await client.invoke('sleep', 8)).result, 8);
});

test.serial('on a damaged file no node starts, and it is left as it is', async t => {
	const [kept, data] = [await folder(t), await folder(t)];
	const first = await open(t, kept, data);
	await first.deploy('sleep', 'export default ms => ms;');
	await first.client.invoke('sleep', 1);
	await first.warren.stop();

	const path = join(kept, 'warren.db');
	await tear(path, 'functions');
	const before = await readFile(path);
	await t.throwsAsync(open(t, kept, data), {name: 'StoreTrouble', message: /is damaged.*backup/});
	t.deepEqual(await readFile(path), before);
});

test.serial('damage that a node meets later stops what writes, and says what to do', async t => {
	const [kept, data] = [await folder(t), await folder(t)];
	const first = await open(t, kept, data);
	await first.deploy('sleep', 'export default ms => ms;');
	await first.deploy('large', 'export default () => "z".repeat(20_000);');
	const {task} = await first.client.invoke('large', 1);
	const small = await first.client.invoke('sleep', 5);
	await first.warren.stop();

	await tearBody(join(kept, 'warren.db'), 'z');
	const node = await open(t, kept, data);
	t.is((await fetch(`${node.url}/readyz`)).status, 200);
	const says = /is damaged.*restore it from a backup/;
	await t.throwsAsync(node.client.result(task), {instanceOf: WarrenError, message: says});
	await node.lines.find(({level, msg}) => level === 50 && msg.startsWith('the store is damaged'));
	// Nobody has asked it to write anything.
	t.regex(await (await fetch(`${node.url}/metrics`)).text(), /^warren_store_trouble 1$/m);
	await refused(t, node, says);
	t.is(await node.client.result(small.task), 5);
});
