import test from 'ava';
import {TransportDown} from '#transport/transport.ts';
import {closing, crafted, honest, tried} from './crafted.ts';
import {must, type Server, type World, world} from './world.ts';

async function answering({server, worker}: World): Promise<Server> {
	const node = await server();
	await node.deploy('fib');
	await worker({act: run => run.succeed(run.input)});
	return node;
}

test('an address that closes the connection is given up; its neighbours are answered', async t => {
	const all = await world(t);
	const node = await answering(all);
	closing(node);
	const bad = await node.submit('fib', 0, {replyTo: crafted});
	const replies = await Promise.all([1, 2, 3].map(n => node.submit('fib', n, {replyTo: `${honest}${n}`})));
	for (let n = 0; n < 40; n++) {
		await all.quiet();
		all.clock.advance(500);
	}
	t.true(tried(node, crafted) <= 4, 'it is not tried for ever');
	const answered = node.sent.all.filter(({key}) => key.startsWith(honest)).map(({key}) => key);
	t.deepEqual(new Set(answered).size, replies.length);
	t.true(
		node.ambient.lines.some(({msg, address}) => msg === 'an answer was given up' && address === crafted),
	);
	t.like(must(await node.api.inspect(bad.task)), {state: 'succeeded'}, 'its result is kept');
	t.regex(
		await node.ambient.metrics.registry.metrics(),
		/^warren_effects_owing 0$/m,
		'nothing is held back by it',
	);
});

test('neither a suspect from another door nor what is new meets the guilty one again', async t => {
	const all = await world(t);
	const node = await all.server({door: true});
	await node.deploy('fib');
	await all.worker({act: run => run.succeed(run.input)});
	closing(node);
	// The answer to a task, and the one to what can't become a task, are lost in one moment.
	const {broker: close} = node.mishaps;
	let lost = false;
	const lanes: (string | undefined)[] = [];
	node.mishaps.broker = (message, lane) => {
		if (message.key === crafted) lanes.push(lane);
		if (lost || message.key !== `${honest}rejected`) return close(message, lane);
		lost = true;
		return new TransportDown('The connection was closed');
	};
	await node.submit('fib', 0, {replyTo: crafted});
	await all.line.publish({
		...{exchange: 'warren.tasks', key: 'nobody', body: Buffer.from('1')},
		properties: {replyTo: `${honest}rejected`},
	});
	await all.quiet();
	for (let n = 0; n < 20; n++) {
		await node.submit('fib', n, {replyTo: `${honest}${n}`});
		all.clock.advance(500);
		await all.quiet();
	}
	const answered = node.sent.all.map(({key}) => key).filter(key => key.startsWith(honest));
	t.is(new Set(answered).size, 21);
	t.is(answered.length, 21, 'each once');
	t.is(tried(node, `${honest}rejected`), 2);
	t.deepEqual(lanes, ['replies', 'suspects', 'suspects'], 'where new answers go it was once');
});

test('an answer for a queue of its own is sent again until the broker has it', async t => {
	const all = await world(t);
	const node = await answering(all);
	await all.line.declare({exchanges: [], queues: [{name: 'answers', type: 'quorum'}]});
	let refusals = 20;
	node.mishaps.broker = ({key}) => (key === 'answers' && refusals-- > 0 ? 'refused' : undefined);
	await node.submit('fib', 1, {replyTo: 'answers'});
	for (let n = 0; n < 25; n++) {
		await all.quiet();
		all.clock.advance(500);
	}
	t.is(await all.line.depth('answers'), 1);
});

test('while the broker is out of reach for all, no address is to blame', async t => {
	const all = await world(t);
	const node = await answering(all);
	node.home.transport.blocked = () => 'connecting';
	let refusals = 20;
	node.mishaps.broker = ({key}) => (key.startsWith(honest) && refusals-- > 0 ? 'refused' : undefined);
	await node.submit('fib', 1, {replyTo: honest});
	for (let n = 0; n < 25; n++) {
		await all.quiet();
		all.clock.advance(500);
	}
	t.is(node.sent.all.filter(({key}) => key === honest).length, 1);
});
