import {connect} from 'amqplib';
import test, {type ExecutionContext} from 'ava';
import {openSupervisor} from '#supervisor/open.ts';
import type {Warren} from '#warren.ts';
import {permissionsOf, roles} from '../../scripts/brokerPermissions.ts';
import {ownRabbit} from '../harness/rabbit.ts';
import {runFile} from './process.ts';
import {node} from './server.ts';

const prefix = 'warren';

test('server, worker, producer and listener work with the least permissions, and can do no more', async t => {
	const own = await ownRabbit('users with the least permissions');
	t.teardown(() => own.stop());
	const code = Object.keys(roles).map(role => addUser(role as keyof typeof roles));
	if (!(await own.evaluate(`${code.join(', ')}, ok.`))) {
		t.log('users cannot be made on the broker of WARREN_TEST_AMQP_URL');
		return;
	}
	const as = (role: string) => own.url.replace(/\/\/[^@]*@/, `//${role}:secret@`);

	const server = await node(t, {url: as('server'), prefix}, ['server']);
	await node(t, {url: as('worker'), prefix}, ['worker']);
	t.true(
		(await server.api.deploy({name: 'double', language: 'javascript', code: 'export default n => n * 2'})).ok,
	);
	await supervised(t, server, as('worker'));
	const listener = await connect(as('listener'), {noDelay: true});
	t.teardown(() => listener.close());
	const channel = await listener.createChannel();
	const {queue} = await channel.assertQueue('', {exclusive: true});
	await channel.bindQueue(queue, `${prefix}.events`, 'task.double.succeeded');
	const heard = Promise.withResolvers<string>();
	await channel.consume(queue, message => heard.resolve(message?.content.toString() ?? ''));

	const env = {WARREN_BROKER_URL: as('producer'), WARREN_BROKER_PREFIX: prefix};
	const ran = await runFile('examples/producers/producer.ts', ['double', '21'], env);

	t.is(ran.code, 0, ran.stderr);
	t.like(JSON.parse(ran.stdout), {type: 'task.succeeded', answer: 42});
	t.like(JSON.parse(await heard.promise), {actor: 'task', group: 'double', state: 'succeeded'});
	const cancelled = () => runFile('examples/producers/cancel.ts', ['double', 'k1'], env);
	t.like(JSON.parse((await cancelled()).stdout), {type: 'task.rejected', answer: {code: 'TASK_NOT_FOUND'}});
	const functionsAlone = `<<"producer">>, <<"/">>, <<"${prefix}.tasks">>, <<"^[a-z][a-z0-9-]*$">>, <<"">>, <<"test">>`;
	t.true(await own.evaluate(`rabbit_auth_backend_internal:set_topic_permissions(${functionsAlone}), ok.`));
	t.regex(
		(await cancelled()).stderr,
		/ACCESS_REFUSED/,
		'a right to submit can be had without the one to cancel',
	);
	t.is((await runFile('examples/producers/producer.ts', ['double', '21'], env)).code, 0);
	for (const [role, queueName] of [
		['producer', `${prefix}.intake`],
		['producer', `${prefix}.dead`],
		['worker', `${prefix}.intake`],
		['listener', `${prefix}.work.default.normal`],
	] as const) {
		await t.throwsAsync(
			purge(as(role), queueName),
			{message: /ACCESS_REFUSED/},
			`${role} purges ${queueName}`,
		);
	}
});

/** A supervisor needs what its workers need, and no more: it is heard, and it hears. */
async function supervised(t: ExecutionContext, {api, ambient}: Warren, url: string): Promise<void> {
	const supervisor = await openSupervisor(ambient, {
		broker: {url, prefix},
		...{pool: 'default', tags: [], workers: 0, drainTimeoutMs: 1000, args: []},
	});
	t.teardown(() => supervisor.stop());
	await supervisor.start();
	t.true((await api.scale('default', 0)).ok);
	const until = Date.now() + 60_000;
	while (api.supervisors()[0]?.wanted !== 0) {
		if (Date.now() > until) throw new Error(`It hears nothing: ${JSON.stringify(api.supervisors())}`);
		await new Promise(resolve => setImmediate(resolve));
	}
}

test('the script prints what it would run, and refuses a role that is none', async t => {
	const printed = await runFile('scripts/broker-users.ts', ['worker', 'edge-7']);
	t.is(printed.code, 0, printed.stderr);
	t.regex(printed.stdout, /^rabbitmqctl add_user edge-7 \S+\nrabbitmqctl set_permissions --vhost \/ edge-7 /);

	const refused = await runFile('scripts/broker-users.ts', ['king']);
	t.is(refused.code, 2);
	t.regex(refused.stderr, /Expected a role \(producer, worker, server, listener\), got `king`/);
});

function addUser(role: keyof typeof roles): string {
	const {configure, write, read} = permissionsOf(role, prefix);
	const binary = (text: string) => `<<"${text.replaceAll('\\', '\\\\')}">>`;
	const permissions = [configure, write, read].map(binary).join(', ');
	return (
		`rabbit_auth_backend_internal:add_user(${binary(role)}, <<"secret">>, <<"test">>), ` +
		`rabbit_auth_backend_internal:set_permissions(${binary(role)}, <<"/">>, ${permissions}, <<"test">>)`
	);
}

async function purge(url: string, queue: string): Promise<void> {
	const connection = await connect(url, {noDelay: true});
	try {
		const channel = await connection.createChannel();
		// The refusal comes as the rejection; the channel's own event would end the process.
		channel.on('error', () => {});
		await channel.purgeQueue(queue);
	} finally {
		await connection.close();
	}
}
