// Many tasks with large inputs: what is read, held and sent of them is bounded by its bytes.
import test from 'ava';
import {fail} from '#actors/failure.ts';
import {messageTypes, type Work} from '#contract/work.ts';
import {decodeFrame} from '#lib/frame.ts';
import {StoreTrouble} from '#store/store.ts';
import {pass} from './pass.ts';
import {must, type Server, submission, type World, world} from './world.ts';

const mib = 2 ** 20;
const payloadBytes = mib;
const count = 200;
/** 256 KiB each: 50 MiB together. */
const large = (n: number) => submission('fib', `${n} ${'x'.repeat(payloadBytes / 4)}`);
const many = Array.from({length: count}, (_, n) => large(n));
const numbers = (inputs: readonly unknown[]) => inputs.map(input => Number.parseInt(String(input), 10));
const all = Array.from({length: count}, (_, n) => n);

/** A backlog that waits in the store for its pool. */
async function backlog({server}: World, options: Parameters<World['server']>[0] = {}): Promise<Server> {
	const node = await server({payloadBytes, ...options});
	await node.deploy('fib');
	must(await node.api.pausePool('default'));
	for (const answer of await node.api.submit(many)) must(answer);
	return node;
}

test('a backlog of large inputs is placed by a store that gives few of them in time', async t => {
	const every = await world(t);
	const node = await backlog(every);
	const hand = await every.worker({act: run => run.succeed()});
	const late = new StoreTrouble(fail('UNAVAILABLE', 'The store did not answer in time'));
	node.mishaps.store = (verb, [, most]) => {
		if (verb !== 'inputs') return undefined;
		return most === undefined || Number(most) > 4 * mib ? late : undefined;
	};
	must(await node.api.resumePool('default'));
	await every.until(hand.runs.reach(count));
	await every.quiet();
	t.like(await node.api.status(), {inFlight: 0, backlog: 0, ledger: {succeeded: count}});
	t.is(hand.runs.all.length, count);
});

test('what the broker has not confirmed is bounded, and what waits behind it is missed by nobody', async t => {
	const every = await world(t);
	const node = await backlog(every, {auditMs: 1000});
	const hand = await every.worker({act: run => run.succeed()});
	const {promise: confirmed, resolve: confirm} = Promise.withResolvers<void>();
	const sent = new Set<unknown>();
	let bytes = 0;
	node.mishaps.broker = ({body, properties}) => {
		if (properties?.type !== messageTypes.work) return undefined;
		bytes += body.length;
		for (const {task} of decodeFrame<Work>(body).head.items) sent.add(task);
		return confirmed;
	};
	must(await node.api.resumePool('default'));
	await every.quiet();
	t.true(bytes > 16 * mib && bytes <= 33 * mib, `${bytes} were sent`);
	const before = bytes;
	await pass(every, 20);
	t.is(bytes, before, 'nobody sends more');
	// Of what was sent nobody knows; of the others it is known that they wait here.
	const lost = node.ambient.lines.filter(({msg}) => msg.startsWith('an attempt is lost'));
	t.true(lost.every(({task}) => sent.has(task)));
	t.true(sent.size < count);
	confirm();
	node.mishaps.broker = () => undefined;
	await every.until(hand.runs.reach(count));
	await every.quiet();
	t.deepEqual(
		numbers(hand.runs.all.map(({input}) => input)).sort((a, b) => a - b),
		all,
	);
});

for (const mode of ['push', 'local'] as const) {
	test(`many that are born at once are run once each: ${mode}`, async t => {
		const every = await world(t);
		const act = {slots: 1, act: (run: {succeed(): void}) => run.succeed()};
		const node = await every.server({payloadBytes, ...(mode === 'local' ? {hands: act} : {mode})});
		await node.deploy('fib');
		const runs = node.hands?.runs ?? (await every.worker(act)).runs;
		await every.quiet();
		for (const answer of await node.api.submit(many)) must(answer);
		await every.until(runs.reach(count));
		await every.quiet();
		t.deepEqual(numbers(runs.all.map(({input}) => input)), all);
		t.like(await node.api.status(), {inFlight: 0, ledger: {succeeded: count}});
	});
}

test('a server that stops while inputs wait to be read leaves nothing in its memory', async t => {
	const every = await world(t);
	const node = await every.server({payloadBytes, mode: 'push', durable: true});
	await node.deploy('fib');
	const hand = await every.worker({slots: 1});
	await every.quiet();
	for (const answer of await node.api.submit(many)) must(answer);
	await hand.runs.reach(1);
	await node.stop();
	const next = await every.server({durable: true, payloadBytes});
	for (let at = 0; at < count; at++) (await every.until(hand.runs.reach(at + 1)))[at]?.succeed();
	await every.quiet();
	t.like(await next.api.status(), {inFlight: 0, ledger: {succeeded: count}});
	t.is(next.sent.all.filter(({properties}) => properties?.type === messageTypes.work).length, 0);
});

test('a task whose input is gone from the store fails, holds nothing up and is not dispatched again', async t => {
	const every = await world(t);
	const node = await every.server({auditMs: 1000});
	await node.deploy('fib');
	const hand = await every.worker({act: run => run.succeed()});
	must(await node.api.pausePool('default'));
	const {task} = await node.submit('fib', 'gone', {replyTo: 'answers'});
	await every.tamper('delete from inputs');
	const next = await node.submit('fib', 'there');
	must(await node.api.resumePool('default'));
	await pass(every, 30);
	t.like(must(await node.api.inspect(task)), {
		state: 'dead',
		attempt: 1,
		failure: {code: 'INTERNAL', message: 'Its input is not in the store'},
	});
	t.like(must(await node.api.inspect(next.task)), {state: 'succeeded'});
	t.is(hand.runs.all.length, 1);
	const told = node.ambient.lines.filter(({msg}) =>
		msg.startsWith('the input of a task is not in the store'),
	);
	t.deepEqual(
		told.map(({task: of}) => of),
		[task],
	);
	t.regex(await node.ambient.metrics.registry.metrics(), /^warren_effects_owing 0$/m);
	t.like(must(await node.api.audit()), {balanced: true, healed: {}});
});
