// Cancels over RabbitMQ, of code that ends by itself never, with a foreign producer's own library.
import test from 'ava';
import type {CancelReceipt, State} from '#contract/task.ts';
import type {Warren} from '#warren.ts';
import {type Door, direct, door, failureOf, watchDead} from './rabbitDoor.ts';

const code = `export default async ({lines = 0, how}) => {
	for (let n = 0; n < lines; n++) console.log(n);
	if (how === 'spin') while (true);
	if (how === 'wait') await new Promise(() => {});
	if (how === 'throw') throw new Error('not yet');
	return lines;
};`;

async function open(t: Parameters<typeof door>[0]) {
	const all = await door(t, 1);
	const node = await all.start();
	const policy = {
		wallMs: 120_000,
		cpuMs: 120_000,
		maxAttempts: 2,
		backoff: {baseMs: 60_000, factor: 1, maxMs: 60_000},
	};
	const deployed = await node.api.deploy({name: 'endless', language: 'javascript', code, policy});
	if (!deployed.ok) throw new Error(deployed.failure.message);
	await watchDead(all);
	return {...all, node, ...caller(all, node)};
}

function caller({offer, answers}: Door, {api}: Warren) {
	let asked = 0;
	const submit = (key: string, input: object) => offer('endless', JSON.stringify(input), {messageId: key});
	const answerTo = (id: string) => answers.find(({properties}) => properties.correlationId === id);
	const cancel = async (properties: object, key = 'cancel.endless') => {
		const correlationId = `cancel ${++asked}`;
		offer(key, '', {...properties, replyTo: direct, correlationId});
		return answerTo(correlationId);
	};
	const receipt = async (messageId: string) => {
		const answer = await cancel({messageId});
		if (answer.properties.type !== 'cancel.receipt') throw new Error(String(answer.content));
		return JSON.parse(String(answer.content)) as CancelReceipt;
	};
	/** Resolves once the task of this key is in this state. */
	const reach = async (key: string, state: State) => {
		const until = Date.now() + 60_000;
		for (;;) {
			const list = await api.list({});
			const task = list.ok ? list.value.find(one => one.key === key) : undefined;
			if (task?.state === state) return task;
			if (Date.now() > until) throw new Error(`Waited for ${key} to be ${state}, it is ${task?.state}`);
			await new Promise(setImmediate);
		}
	};
	return {submit, cancel, receipt, reach};
}

for (const [what, how] of [
	['inside while(true)', 'spin'],
	['in an await without an end', 'wait'],
] as const) {
	test(`a cancel over AMQP stops an attempt ${what}, and its slot is free`, async t => {
		const {submit, receipt, reach} = await open(t);
		submit('warm', {});
		await reach('warm', 'succeeded');
		submit('k1', {how, lines: 3});
		const {id: task} = await reach('k1', 'running');
		const {stop, ...found} = await receipt('k1');
		t.deepEqual(found, {task, was: 'running', state: 'cancelled', cancelled: true});
		// Where its executor stood still it says so later, or had not printed all: how much exactly is the engine's to
		// test. That it has stopped is seen by its slot.
		if (stop?.confirmed) t.true(stop.runMs !== null && (stop.hostCalls ?? 4) <= 3, JSON.stringify(stop));
		submit('after', {});
		await reach('after', 'succeeded');
	});
}

test('over AMQP what waits is cancelled, what has ended is told, and twice is harmless', async t => {
	const {submit, receipt, reach} = await open(t);
	submit('ended', {lines: 1});
	await reach('ended', 'succeeded');
	submit('retrying', {how: 'throw'});
	await reach('retrying', 'retrying');
	submit('running', {how: 'wait'});
	submit('queued', {});
	await reach('running', 'running');
	await reach('queued', 'queued');

	t.like(await receipt('ended'), {was: 'succeeded', state: 'succeeded', cancelled: false, stop: null});
	t.like(await receipt('retrying'), {was: 'retrying', state: 'cancelled', cancelled: true, stop: null});
	t.like(await receipt('queued'), {was: 'queued', state: 'cancelled', cancelled: true, stop: null});
	t.like(await receipt('running'), {was: 'running', state: 'cancelled', cancelled: true});
	t.like(await receipt('running'), {was: 'cancelled', state: 'cancelled', cancelled: false, stop: null});
});

test('over AMQP a cancel of what is not there, or that can not be read, is answered and parked', async t => {
	const {cancel, dead} = await open(t);
	const of = async (properties: object, key?: string) => {
		const answer = await cancel(properties, key);
		return `${answer.properties.type} ${failureOf(answer).code}`;
	};
	t.is(await of({messageId: 'nobody'}), 'task.rejected TASK_NOT_FOUND');
	t.is(await of({headers: {'x-warren-task': '01ARZ3NDEKTSV4RRFFQ69G5FAV'}}), 'task.rejected TASK_NOT_FOUND');
	t.is(await of({headers: {'x-warren-task': 'nobody'}}), 'task.rejected INVALID_INPUT');
	t.is(await of({}), 'task.rejected INVALID_INPUT');
	t.is(await of({messageId: 'nobody'}, 'cancel.No!'), 'task.rejected INVALID_INPUT');
	t.is((await dead.reach(5)).length, 5);
});
