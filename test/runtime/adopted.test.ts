// What a server has put into the broker outlives it: another looks after it, and sends it again only if it is lost.
import test from 'ava';
import {pair} from './pair.ts';
import {pass} from './pass.ts';
import {dispatches, steal} from './theft.ts';
import {must, type Server, submission, type World, world} from './world.ts';

const waiting = 20;

/** Two servers, and a worker of one slot, which is busy with what the first one sent; much waits behind that. */
async function busy(all: World) {
	const [one, two] = await pair(all, {auditMs: 5000});
	const hand = await all.worker({slots: 1});
	const first = await one.submit('fib', 0);
	await hand.runs.reach(1);
	const ids = [first.task];
	const offer = async (server: Server, count: number) => {
		const tasks = Array.from({length: count}, (_, n) => submission('fib', n));
		for (const answer of await server.api.submit(tasks)) ids.push(must(answer).task);
	};
	await offer(one, waiting);
	// Until its word of what is done is in the store.
	await pass(all, 3);
	let finished = 0;
	/** So many in all. */
	const finish = async (count: number) => {
		for (let n = finished; n < count; n++) {
			(await all.until(hand.runs.reach(n + 1)))[n]?.succeed();
			await all.quiet();
		}
		finished = count;
	};
	return {one, two, hand, ids, offer, finish};
}

const partings = {
	leaves: server => server.stop(),
	dies: async server => server.life.die(),
} as const satisfies Record<string, (server: Server) => Promise<void>>;

for (const [how, part] of Object.entries(partings)) {
	test(`what waits in the queue runs once if its server ${how}, and its end is told by another`, async t => {
		const all = await world(t, {shared: true});
		const {one, two, hand, ids, finish} = await busy(all);
		const before = dispatches(all);
		await part(one);
		await pass(all, 30);
		t.is(must(await two.api.audit()).placed.node, ids.length, 'all of it is looked after');
		await finish(ids.length);
		t.is(dispatches(all), before);
		t.is(hand.runs.all.length, ids.length);
		for (const task of ids) {
			t.like(must(await two.api.inspect(task)), {state: 'succeeded', attempt: 1, charged: 0});
		}
	});
}

test('what is lost after its server left is found once what was queued later has come out', async t => {
	const all = await world(t, {shared: true});
	const {one, two, hand, ids, offer, finish} = await busy(all);
	await offer(two, 1);
	await offer(one, waiting);
	await one.stop();
	await pass(all, 12);
	await steal(all, all.names.work('default', 'normal'));
	await finish(waiting + 2);
	await pass(all, 20);
	t.like(must(await two.api.audit()), {balanced: true, healed: {}}, 'what was queued before tells nothing');

	await offer(two, 2);
	await finish(2 * waiting + 2);
	await pass(all, 20);
	t.like(must(await two.api.audit()), {balanced: true, healed: {lost: 1}});
	await finish(ids.length);
	for (const task of ids) {
		t.like(must(await two.api.inspect(task)), {state: 'succeeded', attempt: 1, charged: 0});
	}
	t.is(hand.runs.all.length, ids.length);
});

test('what a server that died kept in its own process is sent to the workers of the broker', async t => {
	const all = await world(t, {shared: true});
	const one = await all.server({id: 'n1', durable: true, hands: {slots: 1}});
	const two = await all.server({id: 'n2', durable: true});
	// The first has the slot; of what waits for it nobody speaks.
	for (const fn of ['fib', 'other']) await one.deploy(fn);
	const tasks = (await one.api.submit([submission('fib', 1), submission('other', 2)])).map(must);
	// Until its word of what is done is in the store.
	await pass(all, 3);
	t.is(dispatches(all), 0);
	one.life.die();
	const hand = await all.worker({act: run => run.succeed()});
	await pass(all, 12);
	for (const {task} of tasks) {
		t.is(must(await two.api.inspect(task)).state, 'succeeded');
		const lost = must(await two.api.history(task)).entries.filter(({event}) => event === 'lost');
		t.deepEqual(
			lost.map(({why}) => why),
			['its node n1 lives no more; dispatched again'],
			'nobody had to look for it',
		);
	}
	t.is(hand.runs.all.length, tasks.length);
});

test('who takes up what waits is told nothing by the store: all of it is looked after, and none sent again', async t => {
	const all = await world(t, {shared: true});
	const {one, two, hand, ids, finish} = await busy(all);
	const before = dispatches(all);
	let lost = 0;
	two.mishaps.store = verb => (verb === 'commit' && lost++ < 3 ? 'answer lost' : undefined);
	one.life.die();
	await pass(all, 30);
	t.true(lost > 3);
	t.is(must(await two.api.audit()).placed.node, ids.length, 'all of it is looked after');
	await finish(ids.length);
	t.is(dispatches(all), before);
	t.is(hand.runs.all.length, ids.length);
	for (const task of ids) t.is(must(await two.api.inspect(task)).state, 'succeeded');
});

test('what a dead server’s commit makes late, under an earlier number, is taken up within a minute', async t => {
	const all = await world(t, {shared: true});
	const [one, two] = await pair(all, {pipeline: {depth: 2, least: 1}});
	const hand = await all.worker({act: run => run.succeed()});
	const {promise: held, resolve: release} = Promise.withResolvers<void>();
	let commits = 0;
	one.mishaps.store = verb => (verb === 'commit' && commits++ === 0 ? held : undefined);
	const late = submission('fib', 'late');
	void one.api.submit([late]);
	await all.quiet();
	const {task: made} = await one.submit('fib', 'made');
	one.life.die();
	await pass(all, 12);
	t.is(must(await two.api.inspect(made)).state, 'succeeded');
	const counted = async () => must(await two.api.audit()).ledger;
	t.like(await counted(), {accepted: 1});

	release();
	await pass(all, 1);
	t.like(await counted(), {accepted: 2, succeeded: 1}, 'it is there');
	await pass(all, 61);

	t.like(await counted(), {accepted: 2, succeeded: 2});
	t.is(hand.runs.all.length, 2);
});

test('a server that is back ends what another looked after meanwhile, and that one misses nothing', async t => {
	const all = await world(t, {shared: true});
	const {one, two, hand, ids, finish} = await busy(all);
	await one.stop();
	await pass(all, 12);
	t.is(must(await two.api.audit()).placed.node, ids.length);
	await all.server({id: 'n1', durable: true, auditMs: 5000});
	await pass(all, 3);
	await finish(ids.length - 1);
	await pass(all, 30);
	t.like(must(await two.api.audit()), {balanced: true, breaks: [], healed: {}});
	await finish(ids.length);
	await pass(all, 30);
	t.like(must(await two.api.audit()), {balanced: true, breaks: [], healed: {}, placed: {node: 0}});
	t.is(hand.runs.all.length, ids.length);
	t.deepEqual(
		two.ambient.lines.filter(({level}) => Number(level) >= 40).map(({msg}) => msg),
		['a node lives no more; took up what it owed'],
		'it looked for nothing',
	);
});

test('a server that comes no more is forgotten, and its inbox with it', async t => {
	const all = await world(t, {shared: true});
	const {one, two, ids, finish} = await busy(all);
	const inbox = all.names.node('n1');
	t.like(await two.api.forgetNode('n9'), {failure: {code: 'NOT_FOUND'}});
	t.like(await two.api.forgetNode('n1'), {
		failure: {code: 'CONFLICT', message: 'Server n1 lives; stop it first'},
	});
	await one.stop();
	t.like(await two.api.forgetNode('n1'), {failure: {code: 'CONFLICT'}}, 'nobody has taken up what it placed');
	await pass(all, 12);
	const heal = two.part();
	await pass(all, 12);
	t.false((await two.store.homes()).some(({home, live}) => home === 'n2' && live));
	t.like(await two.api.forgetNode('n2'), {failure: {code: 'CONFLICT'}}, 'who answers lives');
	t.like(await all.until(two.api.forgetNode('n1')), {failure: {code: 'UNAVAILABLE'}});
	heal();
	await pass(all, 3);
	t.like(must(await two.api.forgetNode('n1')), {id: 'n1', state: 'left'});
	t.like(must(await two.api.forgetNode('n1')), {id: 'n1'}, 'twice is harmless');
	t.is(await all.line.depth(inbox), undefined);
	t.deepEqual(
		must(await two.api.nodes()).map(({id, state}) => [id, state]),
		[['n2', 'live']],
	);

	// What was sent in its name is told to whoever is there.
	await finish(ids.length);
	await pass(all, 12);
	t.is(must(await two.api.audit()).ledger.succeeded, ids.length);
	t.is(await all.line.depth(inbox), undefined);
});

test('a server that was silent for a week is forgotten by itself, and one that is not so long gone is not', async t => {
	const all = await world(t, {shared: true});
	const [one, two] = await pair(all);
	await one.stop();
	const known = async () => must(await two.api.nodes()).map(({id}) => id);
	const days = async (count: number) => {
		all.clock.advance(count * 24 * 3600 * 1000);
		await pass(all, 130);
	};
	await days(6);
	t.deepEqual(await known(), ['n1', 'n2']);
	await days(2);
	t.deepEqual(await known(), ['n2']);
	t.is(await all.line.depth(all.names.node('n1')), undefined);
});
