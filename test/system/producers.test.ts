import {spawnSync} from 'node:child_process';
import {connect} from 'amqplib';
import test, {type ExecutionContext} from 'ava';
import {names} from '#transport/topology.ts';
import {prefix, rabbit} from '../harness/rabbit.ts';
import {type Ran, run, runFile} from './process.ts';
import {node} from './server.ts';

const double = {name: 'double', language: 'javascript', code: 'export default n => n * 2'} as const;

test('a Node producer with amqplib alone gets its answer over reply_to', async t => {
	const broker = await brokerWithDouble(t);
	const env = {WARREN_BROKER_URL: broker.url, WARREN_BROKER_PREFIX: broker.prefix};

	const ran = await runFile('examples/producers/producer.ts', ['double', '21'], env);

	answered(t, ran, {type: 'task.succeeded', answer: 42});
});

test('a Node producer with amqplib alone cancels by the key of its submission', async t => {
	const broker = await brokerWithDouble(t);
	const env = {WARREN_BROKER_URL: broker.url, WARREN_BROKER_PREFIX: broker.prefix};
	const connection = await connect(broker.url, {noDelay: true});
	t.teardown(() => connection.close());
	const channel = await connection.createConfirmChannel();
	channel.publish(names(broker.prefix).tasks, 'double', Buffer.from('21'), {messageId: 'k1'});
	await channel.waitForConfirms();
	await broker.ended('k1');

	const ran = await runFile('examples/producers/cancel.ts', ['double', 'k1'], env);
	const unknown = await runFile('examples/producers/cancel.ts', ['double', 'k2'], env);

	t.is(ran.code, 0, ran.stderr);
	t.like(JSON.parse(ran.stdout), {type: 'cancel.receipt', answer: {state: 'succeeded', cancelled: false}});
	t.is(unknown.code, 2, unknown.stderr);
	t.like(JSON.parse(unknown.stdout), {type: 'task.rejected', answer: {code: 'TASK_NOT_FOUND'}});
});

// CI installs pika; elsewhere its absence is said, and the Node producer stands for the contract.
const python = ['/usr/bin/python3', 'python3'].find(
	one => spawnSync(one, ['-c', 'import pika']).status === 0,
);
if (!python) console.error('test: python3-pika is not installed here, so the Python producer is not tried');

if (python) {
	test('a Python producer with pika alone gets its answer over reply_to', async t => {
		const broker = await brokerWithDouble(t);
		const env = {WARREN_BROKER_URL: broker.url, WARREN_BROKER_PREFIX: broker.prefix};

		const ran = await run(python, ['examples/producers/producer.py', 'double', '21'], env);

		answered(t, ran, {type: 'task.succeeded', answer: 42});
	});

	test('a Python producer is told why its task was rejected', async t => {
		const broker = await brokerWithDouble(t);
		const env = {WARREN_BROKER_URL: broker.url, WARREN_BROKER_PREFIX: broker.prefix};

		const ran = await run(python, ['examples/producers/producer.py', 'nobody', '1'], env);

		t.is(ran.code, 2, ran.stderr);
		t.like(JSON.parse(ran.stdout), {type: 'task.rejected', answer: {code: 'FUNCTION_NOT_FOUND'}});
	});
}

async function brokerWithDouble(t: ExecutionContext) {
	const broker = {url: (await rabbit()).url, prefix: prefix()};
	const warren = await node(t, broker);
	const deployed = await warren.api.deploy(double);
	t.true(deployed.ok);
	/** Resolves once the task of this key has ended. */
	const ended = async (key: string) => {
		for (;;) {
			const list = await warren.api.list({});
			if (list.ok && list.value.some(one => one.key === key && one.endedAt !== null)) return;
			await new Promise(setImmediate);
		}
	};
	return {...broker, ended};
}

function answered(t: ExecutionContext, ran: Ran, wanted: {type: string; answer: unknown}): void {
	t.is(ran.code, 0, ran.stderr);
	const {type, answer, task} = JSON.parse(ran.stdout) as {type: string; answer: unknown; task: string};
	t.deepEqual({type, answer}, wanted);
	t.regex(task, /^[0-9A-HJKMNP-TV-Z]{26}$/);
}
