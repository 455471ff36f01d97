// A store that takes nothing for a while: whoever can ask again is told so, at once and without end.
import test from 'ava';
import {must, type Server, submission, world} from './world.ts';

const replies = ({sent}: Server) => sent.all.filter(({properties}) => properties?.type?.startsWith('task.'));

test('however much is submitted to a store that takes nothing, all of it is answered, and none of it is kept', async t => {
	const {server, worker, until, quiet, clock} = await world(t);
	const node = await server({groupMost: 50});
	await node.deploy('fib');
	const hand = await worker({act: run => run.succeed()});
	const many = (count: number) =>
		node.api.submit(Array.from({length: count}, (_, n) => submission('fib', n)));
	node.mishaps.store = verb => (verb === 'commit' ? 'refused' : undefined);
	const refused = {ok: false, failure: {code: 'UNAVAILABLE', message: 'The test has taken the store away'}};
	const first = await until(many(300));
	for (const answer of first) t.like(answer, refused);
	// From now on nobody waits for a try.
	let tries = 0;
	node.mishaps.store = verb => {
		if (verb !== 'commit') return undefined;
		tries++;
		return 'refused';
	};
	for (const answer of await many(300)) t.like(answer, refused);
	t.is(tries, 0);
	clock.advance(1000);
	await quiet();
	t.true(tries > 0, 'it is asked on');

	node.mishaps.store = () => undefined;
	clock.advance(1000);
	await quiet();
	t.deepEqual(must(await node.api.list({})), []);
	t.like(await node.api.status(), {ledger: {accepted: 0}, inFlight: 0});
	for (const answer of await until(many(60))) t.like(answer, {ok: true});
	await quiet();
	t.is(hand.runs.all.length, 60);
});

test('a cancel that the store does not take is answered, and is not made later by itself', async t => {
	const {server, worker, until, quiet, clock} = await world(t);
	const node = await server();
	await node.deploy('fib');
	const hand = await worker();
	const {task} = await node.submit('fib', 1);
	await hand.runs.reach(1);
	node.mishaps.store = verb => (verb === 'commit' ? 'refused' : undefined);
	t.like(await until(node.api.cancel(task)), {ok: false, failure: {code: 'UNAVAILABLE'}});
	t.like(await node.api.cancel(task), {ok: false, failure: {code: 'UNAVAILABLE'}});
	node.mishaps.store = () => undefined;
	clock.advance(1000);
	await quiet();
	t.is(must(await node.api.inspect(task)).state, 'running');
	t.like(must(await until(node.api.cancel(task))), {cancelled: true});
});

test('a cancel that was made though it was answered UNAVAILABLE stops the attempt', async t => {
	const {server, worker, until, quiet, clock} = await world(t);
	const node = await server();
	await node.deploy('fib');
	const hand = await worker();
	const {task} = await node.submit('fib', 1, {replyTo: 'answers'});
	await hand.runs.reach(1);
	let tries = 0;
	node.mishaps.store = verb => {
		if (verb === 'commit') return tries++ === 0 ? 'answer lost' : 'refused';
		return verb === 'load' ? 'refused' : undefined;
	};
	t.like(await until(node.api.cancel(task)), {ok: false, failure: {code: 'UNAVAILABLE'}});
	t.deepEqual(replies(node), []);
	node.mishaps.store = () => undefined;
	clock.advance(1000);
	await quiet();
	t.like(must(await node.api.inspect(task)), {state: 'cancelled'});
	t.is(replies(node).length, 1);
	t.true(hand.runs.all[0]?.over, 'the one that ran was stopped');
});
