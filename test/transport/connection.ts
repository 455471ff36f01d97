import test from 'ava';
import {type Queue, TransportDown, type Verdict} from '#transport/transport.ts';
import {arrivals} from '../harness/arrivals.ts';
import {declared, hands, inbox, type OpenWorld, publishAll, publishUntilHeard, quorum, to} from './world.ts';

/** Laws of a connection that is lost, and comes back. */
export function connectionContract(name: string, openWorld: OpenWorld): void {
	test(`${name}: a question is answered while the broker can be reached, and never for a connection that is lost`, async t => {
		const world = await openWorld(t);
		const transport = await world.connect();
		const answers = arrivals<string>('answers');
		const ask = (question: string) => transport.ask(() => answers.push(question));
		ask('first');
		await answers.reach(1);

		const mend = await world.part(transport);
		ask('parted');
		await mend();

		for (let n = 1; answers.all.length < 2; n++) {
			ask(`again ${n}`);
			await new Promise(setImmediate);
		}
		t.is(answers.all[0], 'first');
		t.regex(answers.all[1] ?? '', /^again/);
	});

	test(`${name}: a lost connection comes back by itself, with its queues and its consumers`, async t => {
		const world = await openWorld(t);
		const [queue, ear]: [string, Queue] = [
			world.name('work'),
			{name: world.name('ear'), type: 'classic', exclusive: true},
		];
		const [transport, sender] = [
			await declared(await world.connect(), [quorum(queue), ear]),
			await world.connect(),
		];
		const states = arrivals<string>('states');
		transport.watch((state, why) => states.push(state === 'down' ? `down ${why !== undefined}` : state));
		const [work, control] = [inbox(queue), inbox(ear.name)];
		await transport.consume(queue, {prefetch: 10}, work.handle);
		await transport.consume(ear.name, {prefetch: 10}, control.handle);

		await world.sever(transport);

		t.deepEqual(await states.reach(2), ['down true', 'up']);
		t.is(transport.blocked(), undefined);
		t.is(await sender.publish(to(queue, 'a')), 'taken');
		await work.reach(1);
		await publishUntilHeard(sender, ear.name, control);
		t.is(await transport.publish(to(queue, 'c')), 'taken');
		await work.reach(2);
	});

	test(`${name}: a publish waits for a lost connection as long as it may, and is then never sent`, async t => {
		const world = await openWorld(t);
		const queue = world.name('patience');
		const transport = await declared(await world.connect(), [quorum(queue)]);
		const observer = await world.connect();
		const back = await world.part(transport);
		// Either connection may be lost first: this one waits until both are.
		await transport.publish(to(queue, 'first'), {patienceMs: 1}).catch(() => {});
		const before = await observer.depth(queue);

		const patient = transport.publish(to(queue, 'patient'));
		const error = await t.throwsAsync(transport.publish(to(queue, 'x'), {patienceMs: 20}), {
			instanceOf: TransportDown,
		});
		t.regex(error.message, /was not sent: no connection for 20 ms/);
		t.is(await transport.publish(to(queue, 'heartbeat'), {confirm: false}), 'taken');
		await back();

		t.is(await patient, 'taken');
		const got = inbox(queue);
		await observer.consume(queue, {prefetch: 10}, got.handle);
		await got.reach((before ?? 0) + 1);
		t.is(await transport.publish(to(queue, 'last')), 'taken');
		await got.reach((before ?? 0) + 2);
		t.deepEqual(got.texts().slice(before), ['patient', 'last']);
	});

	test(`${name}: what was in hand when the connection was lost comes again, and its verdict is void`, async t => {
		const world = await openWorld(t);
		const queue = world.name('hand');
		const transport = await declared(await world.connect(), [quorum(queue)]);
		await publishAll(transport, queue, ['1', '2']);
		const got = hands(queue);
		const consumer = await transport.consume(queue, {prefetch: 2}, got.handle);
		await got.reach(2);

		await world.sever(transport);

		// The hands are still full: nothing new comes before a verdict, void as it is.
		t.is(got.all.length, 2);
		got.settle('drop');
		got.settle('drop');
		const seen = await got.reach(4);
		t.deepEqual(got.texts().slice(2), ['1', '2']);
		t.true(seen.slice(2).every(({redelivered}) => redelivered));
		got.settle('ack');
		got.settle('ack');
		await consumer.cancel();
		t.is(await transport.depth(queue), 0);
	});

	test(`${name}: a consumer cancelled while its hands work for a lost connection waits for them`, async t => {
		const world = await openWorld(t);
		const queue = world.name('late');
		const transport = await declared(await world.connect(), [quorum(queue)]);
		await publishAll(transport, queue, ['1']);
		const release = Promise.withResolvers<Verdict>();
		const got = inbox(queue, () => release.promise);
		const consumer = await transport.consume(queue, {prefetch: 1}, got.handle);
		await got.reach(1);
		await world.sever(transport);
		const steps = arrivals<string>('steps');

		const cancelled = consumer.cancel().then(() => steps.push('cancelled'));
		await publishAll(transport, queue, ['2']);
		steps.push('verdict');
		release.resolve('ack');
		await cancelled;

		t.deepEqual(steps.all, ['verdict', 'cancelled']);
	});

	test(`${name}: a connection lost for good takes nothing any more`, async t => {
		const world = await openWorld(t);
		const queue = world.name('queue');
		const transport = await declared(await world.connect(), [quorum(queue)]);

		await world.kill(transport);

		await t.throwsAsync(transport.publish(to(queue, 'x')), {instanceOf: TransportDown});
		await t.throwsAsync(transport.depth(queue), {instanceOf: TransportDown});
		t.not(transport.blocked(), undefined);
	});

	test(`${name}: a listener that throws is logged and keeps nothing from coming back`, async t => {
		const world = await openWorld(t);
		const queue = world.name('queue');
		const transport = await declared(await world.connect(), [quorum(queue)]);
		transport.watch(() => {
			throw new Error('a bug');
		});

		await world.sever(transport);

		t.is(await transport.publish(to(queue, 'x')), 'taken');
		const complaints = world.ambient.lines.filter(({msg}) => msg === 'a listener of the connection threw');
		t.deepEqual(
			complaints.map(({state}) => state),
			['down', 'up'],
		);
	});

	test(`${name}: a listener is told nothing after it has gone`, async t => {
		const world = await openWorld(t);
		const transport = await world.connect();
		const [gone, here] = [arrivals<string>('states'), arrivals<string>('states')];
		const unwatch = transport.watch(state => gone.push(state));
		transport.watch(state => here.push(state));

		unwatch();
		await world.sever(transport);

		await here.reach(2);
		t.is(gone.all.length, 0);
	});
}
