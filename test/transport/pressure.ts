import test from 'ava';
import {TopologyError} from '#transport/transport.ts';
import {declared, inbox, numbers, type OpenWorld, publishAll, quorum, to} from './world.ts';

/** Laws of publishing: what is promised, and what is refused without harm to the rest. */
export function pressureContract(name: string, openWorld: OpenWorld): void {
	test(`${name}: a message without a queue is unroutable, among others that are taken`, async t => {
		const world = await openWorld(t);
		const queue = world.name('queue');
		const transport = await declared(await world.connect(), [quorum(queue)]);
		const keys = numbers(60).map(number => (Number(number) % 3 === 0 ? world.name('nowhere') : queue));

		const published = await Promise.all(keys.map(key => transport.publish(to(key, 'same body'))));

		t.deepEqual(
			published,
			keys.map(key => (key === queue ? 'taken' : 'unroutable')),
		);
		t.is(await transport.depth(queue), 40);
	});

	test(`${name}: a full queue refuses, and takes again when there is room`, async t => {
		const world = await openWorld(t);
		const queue = world.name('full');
		const transport = await declared(await world.connect(), [quorum(queue, {maxLength: 3})]);
		let taken = 0;
		while ((await transport.publish(to(queue, 'x'))) === 'taken' && taken < 100) taken += 1;
		t.true(taken >= 3 && taken < 20, `${taken} were taken`);

		const got = inbox(queue);
		const consumer = await transport.consume(queue, {prefetch: 10}, got.handle);
		await got.reach(taken);
		await consumer.cancel();

		t.is(await transport.publish(to(queue, 'x')), 'taken');
	});

	test(`${name}: a queue that is full by its bytes refuses`, async t => {
		const world = await openWorld(t);
		const queue = world.name('heavy');
		const transport = await declared(await world.connect(), [quorum(queue, {maxBytes: 10_000})]);
		const big = 'x'.repeat(4000);
		let taken = 0;
		while ((await transport.publish(to(queue, big))) === 'taken' && taken < 100) taken += 1;

		t.true(taken >= 2 && taken < 20, `${taken} were taken`);
	});

	test(`${name}: an exchange that does not exist is refused by name, and harms nobody`, async t => {
		const world = await openWorld(t);
		const [queue, nowhere] = [world.name('queue'), world.name('nowhere')];
		const transport = await declared(await world.connect(), [quorum(queue)]);
		const others = numbers(50).map(text => transport.publish(to(queue, text)));

		const error = await t.throwsAsync(
			transport.publish({exchange: nowhere, key: 'a', body: Buffer.alloc(0)}),
			{instanceOf: TopologyError},
		);

		t.true(error.message.includes(nowhere), error.message);
		t.deepEqual(new Set(await Promise.all(others)), new Set(['taken']));
		t.is(await transport.publish(to(queue, 'x')), 'taken');
	});

	test(`${name}: a message that no broker would take is refused by its field, and harms nobody`, async t => {
		const world = await openWorld(t);
		const queue = world.name('queue');
		const transport = await declared(await world.connect(), [quorum(queue)]);
		const others = numbers(50).map(text => transport.publish(to(queue, text)));
		const bad = [
			[/`expiration`.*digits.*soon/, to(queue, '', {expiration: 'soon'})],
			[/`expiration`.*digits.*-1/, to(queue, '', {expiration: '-1'})],
			[/`priority`.*-3/, to(queue, '', {priority: -3})],
			[/`timestamp`.*0.5/, to(queue, '', {timestamp: 0.5})],
			[/`key`.*255 bytes.*300/, to('k'.repeat(300), '')],
			[/`messageId`.*255 bytes.*400/, to(queue, '', {messageId: 'é'.repeat(200)})],
			[/`body`.*16777216 bytes.*16777217/, {...to(queue, ''), body: Buffer.alloc(16 * 1024 * 1024 + 1)}],
		] as const;

		for (const [message, outgoing] of bad) {
			await t.throwsAsync(transport.publish(outgoing), {instanceOf: TypeError, message});
		}

		t.deepEqual(new Set(await Promise.all(others)), new Set(['taken']));
		t.is(await transport.publish(to(queue, 'x')), 'taken');
	});

	test(`${name}: a body of several MiB arrives whole`, async t => {
		const world = await openWorld(t);
		const queue = world.name('large');
		const transport = await declared(await world.connect(), [quorum(queue)]);
		const body = Buffer.alloc(8 * 1024 * 1024, 'warren ');
		const got = inbox(queue);
		await transport.consume(queue, {prefetch: 1}, got.handle);

		t.is(await transport.publish({exchange: '', key: queue, body}), 'taken');

		const [delivery] = await got.reach(1);
		t.true(delivery?.body.equals(body));
	});

	test(`${name}: an unconfirmed publish resolves at once, routable or not, and arrives`, async t => {
		const world = await openWorld(t);
		const queue = world.name('events');
		const transport = await declared(await world.connect(), [quorum(queue)]);
		const got = inbox(queue);
		await transport.consume(queue, {prefetch: 10}, got.handle);

		const nowhere = await transport.publish(to(world.name('nowhere'), 'x'), {confirm: false});
		const published = await transport.publish(to(queue, 'x'), {confirm: false});

		t.deepEqual([nowhere, published], ['taken', 'taken']);
		await got.reach(1);
	});

	test(`${name}: a CC header from a foreign producer sends no copies`, async t => {
		const world = await openWorld(t);
		const [queue, other] = [world.name('queue'), world.name('other')];
		const transport = await declared(await world.connect(), [quorum(queue), quorum(other)]);

		await transport.publish(to(queue, 'x', {headers: {CC: [other], BCC: [other]}}));
		await publishAll(transport, queue, ['y']);

		t.is(await transport.depth(queue), 2);
		t.is(await transport.depth(other), 0);
	});
}
