// The limit of a function over several servers and workers, as real processes on RabbitMQ and PostgreSQL.
import test from 'ava';
import type {Client} from '#client/client.ts';
import {twoServers} from './twoServers.ts';

const limit = 3;
const half = 60;
/** Longer than what is packed into one list. */
const code = `export default async () => {
	const from = Date.now();
	await new Promise(done => setTimeout(done, 25));
	return {from, to: Date.now()};
}`;
type Span = {readonly from: number; readonly to: number};

test('two servers and two workers run no more of a function than may, also when a server is killed', async t => {
	t.timeout(240_000);
	const {
		servers: [first],
		clients: [one, two],
		worker,
	} = await twoServers(t);
	await Promise.all([worker(), worker()]);
	await one.deploy({name: 'slow', language: 'javascript', code, policy: {concurrency: limit}});
	const submit = async (client: Client) => {
		const tasks: string[] = [];
		for await (const answer of client.submitMany(
			'slow',
			Array.from({length: half}, () => ({input: null})),
		)) {
			if (!answer.ok) throw new Error(answer.failure.message);
			tasks.push(answer.receipt.task);
		}
		return tasks;
	};
	const tasks = (await Promise.all([submit(one), submit(two)])).flat();
	await one.wait(tasks[half / 2] ?? '');
	await first.kill();

	const spans: Span[] = [];
	for (const task of tasks) {
		t.is((await two.wait(task, {waitMs: 60_000})).state, 'succeeded');
		spans.push(await two.result<Span>(task));
	}
	const most = Math.max(
		...spans.map(({from}) => spans.filter(other => other.from <= from && from < other.to).length),
	);
	t.true(most <= limit && most > 1, `${most} ran at the same time`);
});
