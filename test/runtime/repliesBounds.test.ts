// What an answer that can't be sent may cost: some time, and then it is given up.
import test from 'ava';
import {type Outgoing, TransportDown} from '#transport/transport.ts';
import {closing, crafted, honest, tried} from './crafted.ts';
import {must, type Server, type World, world} from './world.ts';

async function answering(all: World): Promise<Server> {
	const node = await all.server({door: true});
	await node.deploy('fib');
	await all.worker({act: run => run.succeed(run.input)});
	return node;
}

const pass = async (all: World, ms: number, stepMs = 500) => {
	for (let left = ms; left > 0; left -= stepMs) {
		await all.quiet();
		all.clock.advance(Math.min(stepMs, left));
	}
	await all.quiet();
};

const ask = (node: Server, replyTo: readonly string[]) =>
	Promise.all(replyTo.map((key, n) => node.submit('fib', n, {replyTo: key})));

const answered = ({sent}: Server) =>
	new Set(sent.all.filter(({key}) => key.startsWith(honest)).map(({key}) => key)).size;

const givenUp = ({ambient}: Server) => ambient.lines.filter(({msg}) => msg === 'an answer was given up');

const told = async ({ambient}: Server, why: string) => {
	const metrics = await ambient.metrics.registry.metrics();
	return Number(
		new RegExp(`^warren_answers_given_up_total\\{why="${why}"\\} (\\d+)$`, 'm').exec(metrics)?.[1],
	);
};

const many = (count: number, prefix: string) => Array.from({length: count}, (_, n) => `${prefix}${n}`);

test('an address that was found guilty is not written to again', async t => {
	const all = await world(t);
	const node = await answering(all);
	closing(node);
	await ask(node, [crafted, crafted, crafted]);
	await pass(all, 5000);
	const before = tried(node, crafted);
	t.is(before, 5, 'each once beside the others, one of them twice alone');
	await ask(node, Array<string>(50).fill(crafted));
	await all.quiet();
	t.is(tried(node, crafted), before);
	t.is(givenUp(node).length, 53);
	t.is(await told(node, 'closing'), 53);
});

test('what was lost with a broker is answered as soon as it is back, one after the other', async t => {
	const all = await world(t);
	const node = await answering(all);
	node.mishaps.broker = (_, lane) => (lane === 'replies' ? 'refused' : undefined);
	await ask(node, many(256, honest));
	await all.quiet();
	t.is(answered(node), 256, 'without any wait');
});

test('whoever makes up addresses holds up others for some seconds, and no effect for longer', async t => {
	const all = await world(t);
	const node = await answering(all);
	closing(node);
	await ask(node, many(200, crafted));
	await all.quiet();
	await ask(node, many(3, honest));
	await pass(all, 45_000);
	t.is(givenUp(node).length, 200);
	t.true((await told(node, 'waiting')) > 100);
	t.is(answered(node), 3, 'what did not meet them');
	t.regex(await node.ambient.metrics.registry.metrics(), /^warren_effects_owing 0$/m);
});

test('of more than a thousand suspects the last are given up at once', async t => {
	const all = await world(t);
	const node = await answering(all);
	const never = new Promise<void>(() => {});
	node.mishaps.broker = (_, lane) =>
		lane === 'replies' ? 'refused' : lane === 'suspects' ? never : undefined;
	await ask(node, many(1005, honest));
	await all.quiet();
	t.is(givenUp(node).length, 5);
	t.is(await told(node, 'waiting'), 5);
});

test('an answer to an address that was good is never a suspect: another closed the connection', async t => {
	const all = await world(t);
	const node = await answering(all);
	const lanes: (string | undefined)[] = [];
	await ask(node, [`${honest}0`]);
	await all.quiet();
	let losses = 3;
	node.mishaps.broker = ({key}: Outgoing, lane) => {
		if (key !== `${honest}0`) return undefined;
		lanes.push(lane);
		return losses-- > 0 ? new TransportDown('The connection was closed') : undefined;
	};
	await ask(node, [`${honest}0`]);
	await pass(all, 2000);
	t.deepEqual(lanes, ['replies', 'replies', 'replies', 'replies']);
	t.is(node.sent.all.filter(({key}) => key === `${honest}0`).length, 2);
});

const full = {exchanges: [], queues: [{name: 'full', type: 'quorum', maxLength: 1}]} as const;

test('a queue that refuses its answers for five minutes gets no more of them', async t => {
	const all = await world(t);
	const node = await answering(all);
	await all.line.declare(full);
	const [first, second] = await ask(node, ['full', 'full']);
	await pass(all, 4 * 60_000, 5000);
	t.is(givenUp(node).length, 0, 'not yet');
	await pass(all, 70_000, 5000);
	const [line, ...others] = givenUp(node);
	t.deepEqual(others, []);
	t.true(line?.address === 'full' && [first?.task, second?.task].includes(String(line.task)));
	t.is(await told(node, 'refused'), 1);
	const before = tried(node, 'full');
	await ask(node, ['full']);
	await all.quiet();
	t.is(tried(node, 'full'), before + 1, 'what comes then is tried once');
	t.is(givenUp(node).length, 2);
	t.like(must(await node.api.inspect(String(line?.task))), {state: 'succeeded'}, 'the result is kept');
});

test('a queue that is read again has its answers, how long ever the others of it were refused', async t => {
	const all = await world(t);
	const node = await answering(all);
	await all.line.declare(full);
	await ask(node, ['full', 'full']);
	await pass(all, 4 * 60_000, 5000);
	const got: string[] = [];
	const reader = await all.line.consume('full', {prefetch: 1}, ({body}) => {
		got.push(body.toString());
		return 'ack';
	});
	await pass(all, 10_000);
	t.deepEqual(got.sort(), ['0', '1']);
	await reader.cancel();
	await ask(node, ['full', 'full']);
	await pass(all, 70_000, 5000);
	t.deepEqual(givenUp(node), [], 'it begins anew');
});

for (const [how, what] of [
	['refused', 'a dead letter that is refused'],
	['unroutable', 'a dead letter whose queue is away'],
] as const) {
	test(`${what} is not given up, and the log says so once a minute`, async t => {
		const all = await world(t);
		const node = await all.server({door: true});
		const {transport} = node.home;
		const publish = transport.publish.bind(transport);
		let takes = false;
		transport.publish = (message, options) =>
			!takes && message.key === all.names.dead ? Promise.resolve(how) : publish(message, options);
		for (const key of ['nobody', 'no-one'])
			await all.line.publish({exchange: all.names.tasks, key, body: Buffer.from('1')});
		await pass(all, 10 * 60_000, 5000);
		const says = node.ambient.lines.filter(({msg}) => msg.startsWith('a queue does not take what'));
		t.true(says.length >= 9 && says.length <= 10, `${says.length} lines of two letters`);
		t.like(says[0], {queue: all.names.dead, how});
		takes = true;
		await pass(all, 1000);
		t.is(await all.line.depth(all.names.dead), 2);
	});
}
