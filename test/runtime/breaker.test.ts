// A function whose executors keep dying is paused by its breaker: what trips it, and what does not.
import test from 'ava';
import {pass} from './pass.ts';
import type {Run} from './scripted.ts';
import {outcome} from './words.ts';
import {must, type Server, submission, type World, world} from './world.ts';

const once = {infraAttempts: 1, maxAttempts: 1};
const rule = {crashes: 3, windowMs: 10_000};

/** Attempts of `bad` take their executor down; all others succeed. */
const act = (run: Run) => (run.build.function === 'bad' ? run.fail('CRASHED') : run.succeed(run.input));

async function ended(node: Server, task: string): Promise<string> {
	return must(await node.api.await(task, 60_000)).state;
}

/** Commits as many crashes as are too many, and dies before it can count them. */
async function dieUncounted({until}: World, node: Server): Promise<void> {
	node.mishaps.store = verb => (verb === 'deaths' ? 'refused' : undefined);
	for (let n = 1; n <= rule.crashes; n++) await until(ended(node, (await node.submit('bad')).task));
	node.life.die();
}

test('so many crashes within the window pause the function, one less does not', async t => {
	const {server, worker, until, clock, quiet} = await world(t);
	const node = await server({breaker: rule});
	const version = await node.deploy('bad', once);
	await worker({act});
	const tasks: string[] = [];
	for (let n = 1; n <= rule.crashes; n++) {
		t.like(must(await node.api.function('bad')), {state: 'active', pause: null}, `after ${n - 1} crashes`);
		const {task} = await node.submit('bad');
		tasks.push(task);
		t.is(await until(ended(node, task)), 'dead');
		await quiet();
	}
	const {state, pause} = must(await node.api.function('bad'));
	t.is(state, 'paused');
	t.like(pause, {by: 'breaker', version});
	t.true((pause?.at ?? 0) <= clock.now());
	t.regex(
		pause?.why ?? '',
		/^3 executors died of version [0-9a-f]{12} within \d s; the last with task 0.* \(CRASHED: /,
	);
	t.like(
		node.ambient.lines.find(({msg}) => msg === 'a function is paused by its breaker'),
		{function: 'bad', version, tasks},
	);
	const metrics = await node.ambient.metrics.registry.metrics();
	t.regex(metrics, /warren_function_trips_total\{function="bad"\} 1/);
	t.regex(metrics, /warren_function_paused\{function="bad",by="breaker"\} 1/);
});

test('crashes that are further apart than the window do not add up', async t => {
	const {server, worker, until, clock, quiet} = await world(t);
	const node = await server({breaker: rule});
	await node.deploy('bad', once);
	await worker({act});
	for (let n = 0; n < 3 * rule.crashes; n++) {
		t.is(await until(ended(node, (await node.submit('bad')).task)), 'dead');
		await quiet();
		clock.advance(rule.windowMs / 2 + 1);
	}
	t.like(must(await node.api.function('bad')), {state: 'active'});
});

test('what fails in any other way trips nothing, and neither do crashes of several versions together', async t => {
	const {server, worker, until, quiet} = await world(t);
	const node = await server({breaker: rule});
	await node.deploy('loud', once);
	await worker({act: run => run.fail(run.build.function === 'loud' ? 'FUNCTION_THREW' : 'CRASHED')});
	for (let n = 0; n < 5; n++) await until(ended(node, (await node.submit('loud')).task));
	for (let n = 0; n < 4; n++) {
		await node.deploy('new', once, `export default () => ${n};`);
		await until(ended(node, (await node.submit('new')).task));
	}
	await quiet();
	t.deepEqual(
		(await node.api.functions()).map(({state}) => state),
		['active', 'active'],
	);
});

test('deaths that could be blamed on no attempt are counted once each', async t => {
	const {server, line, names, until, quiet} = await world(t);
	const node = await server({breaker: rule});
	await node.deploy('fib', once);
	const tell = async (deaths: number) => {
		const {task} = await node.submit('fib');
		await quiet();
		const said = outcome(names.node('n1'), {task, attempt: 1, deaths});
		await line.publish(said);
		await line.publish(said);
		t.is(await until(ended(node, task)), 'succeeded');
		await quiet();
	};
	await tell(2);
	t.like(must(await node.api.function('fib')), {state: 'active'});
	await tell(1);
	t.like(must(await node.api.function('fib')), {state: 'paused'});
});

test('a policy may say more than the node, or that there is no breaker', async t => {
	const {server, worker, until, quiet} = await world(t);
	const node = await server({breaker: rule});
	await node.deploy('bad', {...once, breaker: {crashes: 1, windowMs: 1000}});
	await node.deploy('wild', {...once, breaker: {crashes: 0, windowMs: 1000}}, 'export default 2;');
	await worker({act: run => run.fail('CRASHED')});
	await until(ended(node, (await node.submit('bad')).task));
	for (let n = 0; n < 9; n++) await until(ended(node, (await node.submit('wild')).task));
	await quiet();
	t.deepEqual(
		(await node.api.functions()).map(({name, state}) => [name, state]),
		[
			['bad', 'paused'],
			['wild', 'active'],
		],
	);
});

test('a version that was replaced before its breaker tripped pauses nobody', async t => {
	const {server, worker, until, quiet} = await world(t);
	const node = await server({breaker: {crashes: 1, windowMs: 1000}});
	await node.deploy('bad', once, 'export default 1;');
	const {runs} = await worker();
	const {task} = await node.submit('bad');
	const [run] = await runs.reach(1);
	await node.deploy('bad', once, 'export default 2;');
	run?.fail('CRASHED');
	t.is(await until(ended(node, task)), 'dead');
	await quiet();
	t.like(must(await node.api.function('bad')), {state: 'active'});
});

test('what crashes while it is paused is not held against it when it is resumed', async t => {
	const {server, worker, until, clock, quiet} = await world(t);
	const node = await server({breaker: {crashes: 2, windowMs: 60_000}});
	await node.deploy('bad', once);
	const {runs} = await worker({slots: 8});
	for (let n = 0; n < 5; n++) await node.submit('bad');
	for (const run of (await runs.reach(5)).slice(0, 5)) {
		run.fail('CRASHED');
		await quiet();
	}
	clock.advance(1);
	must(await node.api.resume('bad'));
	for (const state of ['active', 'paused']) {
		const {task} = await node.submit('bad');
		(await until(runs.find(run => run.task === task))).fail('CRASHED');
		await quiet();
		t.like(must(await node.api.function('bad')), {state});
	}
});

test('a trip that the store refuses is made when it takes commits again', async t => {
	const {server, worker, until} = await world(t);
	const node = await server({breaker: {crashes: 1, windowMs: 1000}});
	await node.deploy('bad', once);
	await worker({act});
	const paused = new Promise<void>(resolve => {
		node.feed.listen(({actor, state}) => actor === 'function' && state === 'paused' && resolve());
	});
	let refusals = 0;
	node.mishaps.store = (verb, [batch]) => {
		const {changes = []} = (batch ?? {}) as {changes?: readonly {kind: string}[]};
		const isTrip = verb === 'commit' && changes.some(({kind}) => kind === 'deploy');
		return isTrip && refusals++ < 3 ? 'refused' : undefined;
	};
	await until(ended(node, (await node.submit('bad')).task));
	await until(paused);
	t.is(refusals, 4);
	t.like((await node.api.submit([submission('bad')]))[0], {ok: false, failure: {code: 'FUNCTION_PAUSED'}});
});

test('a server that is killed between two crashes counts on where it was', async t => {
	const all = await world(t);
	const first = await all.server({breaker: rule, durable: true});
	await first.deploy('bad', once);
	await all.worker({act});
	for (let n = 1; n < rule.crashes; n++) await all.until(ended(first, (await first.submit('bad')).task));
	await all.quiet();
	first.life.die();
	const second = await all.server({breaker: rule, durable: true});
	t.like(must(await second.api.function('bad')), {state: 'active'});
	await all.until(ended(second, (await second.submit('bad')).task));
	await all.quiet();
	const {state, pause} = must(await second.api.function('bad'));
	t.is(state, 'paused');
	t.regex(pause?.why ?? '', /^3 executors died/);
});

test('a server that is killed after the last crash and before it could count leaves it to its next start', async t => {
	const all = await world(t);
	const first = await all.server({breaker: rule, durable: true});
	await first.deploy('bad', once);
	await all.worker({act});
	await dieUncounted(all, first);
	const second = await all.server({breaker: rule, durable: true});
	await all.quiet();
	const {state, pause} = must(await second.api.function('bad'));
	t.is(state, 'paused');
	t.regex(pause?.why ?? '', /^3 executors died of version .* the last with task 0/);
});

test('crashes that a server heard of and could not count any more are counted by who takes up what it owed', async t => {
	const all = await world(t, {shared: true});
	const one = await all.server({id: 'n1', breaker: rule, durable: true});
	const two = await all.server({id: 'n2', breaker: rule, durable: true});
	await one.deploy('bad', once);
	await all.quiet();
	await all.worker({act});
	await dieUncounted(all, one);
	t.like(must(await two.api.function('bad')), {state: 'active'});
	// Longer than its lease and the look after it.
	await pass(all, 12);
	t.like(must(await two.api.function('bad')), {state: 'paused', pause: {by: 'breaker'}});
});

test('crashes that different servers hear of add up', async t => {
	const all = await world(t, {shared: true});
	const one = await all.server({id: 'n1', breaker: rule, durable: true});
	const two = await all.server({id: 'n2', breaker: rule, durable: true});
	await one.deploy('bad', once);
	await all.quiet();
	await all.worker({act});
	for (const node of [one, two, one]) {
		t.like(must(await node.api.function('bad')), {state: 'active'});
		await all.until(ended(node, (await node.submit('bad')).task));
		await all.quiet();
	}
	t.like(must(await two.api.function('bad')), {state: 'paused', pause: {by: 'breaker'}});
});

test('a count that the store refuses is made when it answers again', async t => {
	const {server, worker, until} = await world(t);
	const node = await server({breaker: {crashes: 1, windowMs: 10_000}});
	await node.deploy('bad', once);
	await worker({act});
	let refusals = 0;
	node.mishaps.store = verb => (verb === 'deaths' && refusals++ < 3 ? 'refused' : undefined);
	const paused = new Promise<void>(resolve => {
		node.feed.listen(({actor, state}) => actor === 'function' && state === 'paused' && resolve());
	});
	await until(ended(node, (await node.submit('bad')).task));
	await until(paused);
	t.is(refusals, 4);
});
