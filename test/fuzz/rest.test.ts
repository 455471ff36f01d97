import test from 'ava';
import type {Client} from '#client/client.ts';
import {bytesOf, isBroken} from './bytes.ts';
import {type Operation, readDocument} from './document.ts';
import {judge} from './judge.ts';
import {noise} from './noise.ts';
import {attack, plan, told} from './plan.ts';
import {type Request, requestTo, someTask} from './requests.ts';
import {mostWaitMs, target} from './target.ts';
import {exchange} from './wire.ts';

test.serial(`REST answers as its own document says, whatever is asked (${told})`, async t => {
	t.timeout(plan.patienceMs);
	const {client, port, alarms, furnish} = await target(t);
	const operations = await readDocument(`http://127.0.0.1:${port}`);
	const tasks = [(await client.submit('echo', 1)).task];
	const answered = new Map<number, number>();
	const done = new Set<string>();
	let made = 0;
	const hit = async (given: Request) => {
		made += 1;
		if (made % 500 === 0) await furnish();
		const request = {...given, path: given.path.replaceAll(someTask, tasks[made % tasks.length] ?? '')};
		const reply = await exchange(port, bytesOf(request, port), isBroken(request));
		if (!reply && !isBroken(request)) throw new Error('Closed without an answer');
		if (!reply || given.method === 'HEAD') return;
		judge(reply, answering(request, operations));
		const {operation} = request;
		answered.set(reply.status, (answered.get(reply.status) ?? 0) + 1);
		if (reply.status < 300) done.add(operation.id);
		const task = reply.headers['warren-task-id'];
		if (task !== undefined && tasks.length < mostTasks) tasks.push(task);
	};
	await attack(requestTo(operations), hit, request => bytesOf(request, port).toString('latin1'));
	t.log(
		[...answered]
			.sort(([one], [other]) => one - other)
			.map(([status, count]) => `${status}: ${count}`)
			.join(', '),
	);
	// Each address was reached with something that it took.
	t.deepEqual(
		operations.map(({id}) => id).filter(id => !done.has(id) && !unmet.has(id)),
		[],
	);
	await furnish();
	t.is(await echoed(client, 'still here'), 'still here');
	const {accepted, ...rest} = (await client.status()).ledger;
	t.is(
		accepted,
		Object.values(rest).reduce((sum, count) => sum + count, 0),
	);
	t.deepEqual(alarms, []);
});

/** However long that takes: no wait at a target is a long one. */
async function echoed(client: Client, input: unknown): Promise<unknown> {
	const {task} = await client.submit('echo', input);
	while ((await client.wait(task, {waitMs: mostWaitMs})).endedAt === null);
	return client.result(task);
}

const mostTasks = 200;
/** No supervisor lives here to be told, nor was there ever another server; and whoever drained the only worker would end the attack. */
const unmet = new Set(['restartWorkers', 'drainWorker', 'forgetNode']);

/** The operation that must answer: undefined where there is none at this address. */
function answering({method, path}: Request, operations: readonly Operation[]): Operation | undefined {
	return operations.find(one => {
		const form = new RegExp(`^${one.path.replace(/\{\w+\}/g, '[^/]{1,384}')}$`);
		return method === one.method && form.test(path);
	});
}

test.serial(`bytes that are hardly HTTP are answered with a problem or closed (${told})`, async t => {
	t.timeout(plan.patienceMs);
	const {client, port, alarms} = await target(t);
	let answered = 0;
	const hit = async (bytes: Buffer) => {
		const reply = await exchange(port, bytes, true);
		if (!reply) return;
		answered += 1;
		if (reply.status >= 400) judge(reply, undefined);
	};
	await attack(noise, hit, bytes => JSON.stringify(bytes.toString('latin1')));
	t.log(`${answered} of ${plan.cases} answered`);
	t.true(answered > plan.cases / 2);
	t.is(await echoed(client, 7), 7);
	t.deepEqual(alarms, []);
});
