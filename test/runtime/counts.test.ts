// What a task costs, counted: docs/hot-path.md says these numbers, and they are compared with it.
import {readFile} from 'node:fs/promises';
import test from 'ava';
import type {Metrics} from '#observe/metrics.ts';
import {must, submission, world} from './world.ts';

const sumOf = async (counter: Metrics['published'], kind?: string): Promise<number> => {
	const {values} = await counter.get();
	const counted = kind === undefined ? values : values.filter(({labels}) => labels.kind === kind);
	return counted.reduce((sum, {value}) => sum + value, 0);
};

/** The numbers of docs/hot-path.md: rows of «| what | number |». */
async function documented(): Promise<Map<string, number>> {
	const text = await readFile(new URL('../../docs/hot-path.md', import.meta.url), 'utf8');
	const rows = text.matchAll(/^\| ([^|]+?) \| (\d+) \|/gm);
	return new Map([...rows].map(([, what = '', number]) => [what, Number(number)]));
}

const tasks = 100;

test('100 tasks, one after the other, are exactly 200 transactions and the documented messages', async t => {
	const {server, worker, record} = await world(t);
	const node = await server({events: true});
	await node.deploy('fib');
	const hand = await worker({act: run => run.succeed(run.input)});
	const warm = await node.submit('fib', 'warm');
	must(await node.api.await(warm.task, 60_000));
	const counters = [node.ambient.metrics, hand.ambient.metrics];
	const published = async (kind?: string) => {
		const sums = await Promise.all(counters.map(metrics => sumOf(metrics.published, kind)));
		return sums.reduce((sum, one) => sum + one, 0);
	};
	const kinds = ['work', 'outcomes', 'reply', 'claim', 'control', 'ask', 'dead', 'event', 'heartbeat'];
	const before = new Map(await Promise.all(kinds.map(async kind => [kind, await published(kind)] as const)));
	const commits = await sumOf(node.ambient.metrics.commits);
	const [all, sent] = [await published(), record.sent.length];
	for (let n = 0; n < tasks; n++) {
		const {task} = await node.submit('fib', n, {replyTo: 'answers'});
		t.is(must(await node.api.await(task, 60_000)).state, 'succeeded');
	}
	const numbers = await documented();
	t.is((await sumOf(node.ambient.metrics.commits)) - commits, 200);
	t.is(numbers.get('transactions of the store'), 2);
	for (const [kind, count] of before) {
		const each = ((await published(kind)) - count) / tasks;
		t.is(each, numbers.get(`messages: ${kind}`) ?? 0, kind);
	}
	t.is((await published()) - all, record.sent.length - sent, 'every message that left was counted');
	t.is(
		(await node.store.counts()).reduce((sum, {count}) => sum + count, 0),
		tasks + 1,
	);
});

test('tasks that come together share their transactions and their messages', async t => {
	const {server, worker, record, quiet} = await world(t);
	const node = await server();
	await node.deploy('fib');
	const hand = await worker({slots: 16, act: run => run.succeed(run.input)});
	// The duration of a function is known once it has run.
	const warm = await node.submit('fib', 'warm');
	must(await node.api.await(warm.task, 60_000));
	await quiet();
	const [commits, sent] = [await sumOf(node.ambient.metrics.commits), record.sent.length];
	const answers = await node.api.submit(Array.from({length: 1000}, (_, n) => submission('fib', n)));
	t.true(answers.every(({ok}) => ok));
	await quiet();
	t.is(hand.runs.all.length, 1001);
	const spent = (await sumOf(node.ambient.metrics.commits)) - commits;
	t.true(spent < 100, `${spent} transactions for 1000 tasks`);
	const messages = record.sent.length - sent;
	t.true(messages < 400, `${messages} messages for 1000 tasks`);
});
