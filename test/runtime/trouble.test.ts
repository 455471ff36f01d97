import test from 'ava';
import {checkWork, messageTypes} from '#contract/work.ts';
import {decodeFrame} from '#lib/frame.ts';
import type {Sent} from './life.ts';
import {must, type Server, submission, world} from './world.ts';

const workOf = ({body}: Sent) => {
	const checked = checkWork(decodeFrame<unknown>(body).head);
	if (!checked.ok) throw new Error(checked.why);
	return checked.value;
};
const works = ({sent}: Server) =>
	sent.all.filter(one => one.properties?.type === messageTypes.work).map(workOf);
const replies = ({sent}: Server) => sent.all.filter(({properties}) => properties?.type?.startsWith('task.'));

test('a store that refuses lets nothing out, and the caller is told after three tries', async t => {
	const {server, worker, until, quiet, clock} = await world(t);
	const node = await server();
	await node.deploy('fib');
	await worker();
	let tries = 0;
	node.mishaps.store = verb => {
		if (verb !== 'commit') return undefined;
		tries++;
		return 'refused';
	};
	const [answer] = await until(node.api.submit([submission('fib', 1, {replyTo: 'answers'})]));
	t.like(answer, {ok: false, failure: {code: 'UNAVAILABLE', message: 'The test has taken the store away'}});
	t.is(tries, 3);
	node.mishaps.store = () => undefined;
	clock.advance(1000);
	await quiet();
	t.deepEqual(works(node), []);
	t.deepEqual(replies(node), []);
	t.deepEqual(must(await node.api.list({})), []);
	t.like(await node.submit('fib', 2), {existing: false});
});

test('letters of tasks that exist are tried until the store takes them', async t => {
	const {server, worker, until, quiet, clock} = await world(t);
	const node = await server();
	await node.deploy('fib');
	const {runs} = await worker();
	const {task} = await node.submit('fib', 1, {replyTo: 'answers'});
	const [run] = await runs.reach(1);
	node.mishaps.store = verb => (verb === 'commit' ? 'refused' : undefined);
	run?.succeed(1);
	for (let i = 0; i < 20; i++) {
		await quiet();
		clock.advance(200);
	}
	t.deepEqual(replies(node), []);
	t.is((await node.store.load([task])).get(task)?.state, 'queued');
	node.mishaps.store = () => undefined;
	t.like(must(await until(node.api.await(task, 10_000))), {state: 'succeeded', attempt: 1});
	await quiet();
	t.is(replies(node).length, 1);
});

test('a birth that was committed but whose answer was lost is dispatched once, marked again', async t => {
	const {server, worker, until, quiet} = await world(t);
	const node = await server();
	await node.deploy('fib');
	const {runs} = await worker();
	loseOneAnswer(node);
	const [answer] = await until(node.api.submit([submission('fib', 1)]));
	t.like(answer, {ok: true, value: {existing: false, state: 'queued'}});
	const [run] = await runs.reach(1);
	t.deepEqual(
		works(node).map(({items}) => items.map(({again}) => again)),
		[[true]],
	);
	t.is(node.home.window.placed, 1);
	run?.succeed(1);
	await quiet();
	t.is(node.home.window.placed, 0);
	t.is(runs.all.length, 1);
});

test('an outcome that was committed but whose answer was lost is replied to', async t => {
	const {server, worker, until, quiet} = await world(t);
	const node = await server();
	await node.deploy('fib');
	const {runs} = await worker();
	const {task} = await node.submit('fib', 1, {replyTo: 'answers'});
	const [run] = await runs.reach(1);
	loseOneAnswer(node);
	const ended = node.api.await(task, 10_000);
	run?.succeed(41);
	t.like(must(await until(ended)), {state: 'succeeded'});
	await quiet();
	t.deepEqual(
		replies(node).map(({body}) => body.toString()),
		['41'],
	);
	t.is(node.home.window.placed, 0);
});

test('a birth that was answered UNAVAILABLE but was committed is run all the same', async t => {
	const {server, worker, until} = await world(t);
	const node = await server();
	await node.deploy('fib');
	const {runs} = await worker();
	let tries = 0;
	node.mishaps.store = verb => {
		if (verb !== 'commit' && verb !== 'load') return undefined;
		if (verb === 'commit') return tries++ === 0 ? 'answer lost' : undefined;
		return tries < 4 && tries++ > 0 ? 'refused' : undefined;
	};
	const [answer] = await until(node.api.submit([submission('fib', 1)]));
	t.like(answer, {ok: false, failure: {code: 'UNAVAILABLE'}});
	const [run] = await until(runs.reach(1));
	t.is(node.home.window.placed, 1);
	run?.succeed(1);
	t.like(must(await until(node.api.await(run?.task ?? '', 1000))), {state: 'succeeded'});
});

test('a backlog whose placing was committed but not answered keeps moving', async t => {
	const {server, worker, until, quiet} = await world(t);
	const node = await server({window: 2});
	await node.deploy('fib');
	const {runs} = await worker();
	for (let n = 0; n < 6; n++) await node.submit('fib', n);
	await runs.reach(2);
	node.mishaps.store = (verb, given) => {
		const [batch] = given as [{changes: {kind: string}[]}];
		const places = verb === 'commit' && batch.changes.some(({kind}) => kind === 'move');
		if (places) node.mishaps.store = () => undefined;
		return places ? 'answer lost' : undefined;
	};
	for (let n = 0; n < 6; n++) {
		const all = await until(runs.reach(n + 1));
		all[n]?.succeed(n);
	}
	await quiet();
	t.is(node.home.window.placed, 0);
	t.is(node.home.window.backlog, 0);
	t.deepEqual(new Set(runs.all.map(({task}) => task)).size, 6);
});

test('one letter that no commit takes does not stop its neighbours', async t => {
	const {server, worker, until} = await world(t);
	const node = await server();
	await node.deploy('fib');
	await worker({act: run => run.succeed(run.input)});
	node.mishaps.store = (verb, given) => {
		if (verb !== 'commit') return undefined;
		const [batch] = given as [{changes: {input?: Buffer}[]}];
		const poisoned = batch.changes.some(({input}) => input?.toString() === '"poison"');
		return poisoned ? new TypeError('a bug') : undefined;
	};
	const answers = await until(
		node.api.submit([submission('fib', 1), submission('fib', 'poison'), submission('fib', 2)]),
	);
	t.deepEqual(
		answers.map(({ok}) => ok),
		[true, false, true],
	);
	t.like(answers[1], {failure: {code: 'INTERNAL'}});
	for (const answer of answers) {
		if (answer.ok) t.like(must(await until(node.api.await(answer.value.task, 1000))), {state: 'succeeded'});
	}
});

test('a stop ends though the store refuses, and what workers said goes back to the broker', async t => {
	const {server, worker, until, quiet, clock} = await world(t);
	const node = await server();
	await node.deploy('fib');
	const {runs} = await worker();
	const {task} = await node.submit('fib', 1);
	const [run] = await runs.reach(1);
	node.mishaps.store = verb => (verb === 'commit' ? 'refused' : undefined);
	run?.succeed(1);
	const birth = node.api.submit([submission('fib', 2)]);
	await until(node.stop());
	t.like((await birth)[0], {ok: false, failure: {code: 'UNAVAILABLE'}});
	const next = await server({durable: true});
	clock.advance(2000);
	await quiet();
	t.like(must(await next.api.inspect(task)), {state: 'succeeded'});
});

test('a home that another process has opened stops by itself, commits nothing and swallows nothing', async t => {
	const {server, worker, until, quiet} = await world(t);
	const old = await server();
	await old.deploy('fib');
	const {runs} = await worker();
	const {task} = await old.submit('fib', 1, {replyTo: 'answers'});
	const [run] = await runs.reach(1);
	const next = await server({durable: true, started: false});
	run?.succeed(5);
	const birth = old.api.submit([submission('fib', 2)]);
	t.is((await until(old.home.failed)).name, 'Fenced');
	t.like((await birth)[0], {ok: false, failure: {code: 'UNAVAILABLE'}});
	await until(old.home.stop());
	t.deepEqual(replies(old), []);
	old.crash();
	await next.start();
	await quiet();
	t.like(must(await next.api.inspect(task)), {state: 'succeeded'});
	t.is(must(await next.api.list({})).length, 1);
	t.is(replies(next).length, 1);
});

function loseOneAnswer(node: Server): void {
	node.mishaps.store = verb => {
		if (verb !== 'commit') return undefined;
		node.mishaps.store = () => undefined;
		return 'answer lost';
	};
}

test('a store that takes commits again is found out though nobody asks anything of it', async t => {
	const {server, until, quiet, clock} = await world(t);
	const node = await server();
	await node.deploy('fib');
	node.mishaps.store = verb => (verb === 'commit' ? 'refused' : undefined);
	const [answer] = await until(node.api.submit([submission('fib', 1)]));
	t.like(answer, {ok: false});
	await quiet();
	clock.advance(5000);
	await quiet();
	t.regex(node.api.ready() ?? '', /store/);
	node.mishaps.store = () => undefined;
	clock.advance(1000);
	await quiet();
	t.is(node.api.ready(), undefined);
});
