// Exchanges and bindings that an administrator takes away while we are connected: nobody needs a restart.
import {type ConfirmChannel, connect} from 'amqplib';
import test, {type ExecutionContext} from 'ava';
import {systemClock} from '#lib/clock.ts';
import {openTransport} from '#transport/open.ts';
import {keepMs} from '#transport/rabbit/keeper.ts';
import {testAmbient} from '../harness/ambient.ts';
import {arrivals} from '../harness/arrivals.ts';
import {prefix, rabbit} from '../harness/rabbit.ts';

/** A transport whose keeper looks when the test says so, and an administrator. */
async function open(t: ExecutionContext) {
	const {url} = await rabbit();
	const looks = arrivals<() => void>('looks of the keeper');
	const ambient = testAmbient({
		now: () => systemClock.now(),
		after(ms, call) {
			if (ms !== keepMs) return systemClock.after(ms, call);
			looks.push(call);
			return () => {};
		},
	});
	const name = prefix();
	const [tasks, queue, heard] = [`${name}.tasks`, `${name}.intake`, `${name}.heard`];
	const transport = await openTransport(ambient, {url, name});
	const model = await connect(url, {noDelay: true});
	const admin = await model.createConfirmChannel();
	t.teardown(async () => {
		await admin.deleteQueue(queue);
		await admin.deleteExchange(tasks);
		await model.close();
		await transport.stop();
	});
	await transport.declare({
		exchanges: [{name: tasks, type: 'topic'}],
		queues: [
			{name: queue, type: 'quorum', bindings: [{exchange: tasks, key: '#'}]},
			{name: heard, type: 'classic', exclusive: true, bindings: [{exchange: tasks, key: 'all'}]},
		],
	});
	let looked = 0;
	const look = async () => {
		const next = looked + 2;
		looked = next - 1;
		looks.all[looked - 1]?.();
		// It has looked when it asks for its next look.
		await looks.reach(next);
	};
	return {ambient, transport, admin, tasks, queue, heard, look};
}

/** A queue takes it, or it is returned before it is confirmed. */
async function isRouted(admin: ConfirmChannel, exchange: string, key: string): Promise<boolean> {
	let returned = false;
	admin.once('return', () => {
		returned = true;
	});
	admin.publish(exchange, key, Buffer.from('x'), {mandatory: true});
	await admin.waitForConfirms();
	return !returned;
}

test('a binding that was taken away is there again at the next look', async t => {
	const {admin, tasks, queue, look} = await open(t);
	await admin.unbindQueue(queue, tasks, '#');
	t.false(await isRouted(admin, tasks, 'fib'));
	await look();
	t.true(await isRouted(admin, tasks, 'fib'));
});

test('an exchange that was deleted is made again, with all that was bound to it', async t => {
	const {transport, admin, tasks, heard, look, ambient} = await open(t);
	const got = arrivals<string>('messages');
	await transport.consume(heard, {prefetch: 1}, ({body}) => {
		got.push(body.toString());
		return 'ack';
	});
	await admin.deleteExchange(tasks);
	await look();
	t.true(await isRouted(admin, tasks, 'fib'));
	admin.publish(tasks, 'all', Buffer.from('order'));
	await got.reach(1);
	t.deepEqual(got.all, ['order']);
	t.deepEqual(
		ambient.lines.filter(({level}) => level >= 40),
		[],
	);
});
