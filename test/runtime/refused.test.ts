// An event that the machine of its actor does not allow changes nothing, and is counted.
import test from 'ava';
import type {Ambient} from '#observe/observe.ts';
import type {Settled} from '#runtime/letter.ts';
import {createRoster} from '#runtime/roster.ts';
import {testAmbient} from '../harness/ambient.ts';
import {must, world} from './world.ts';

const refused = async ({metrics}: Ambient) => {
	const {values} = await metrics.refused.get();
	return values.map(({labels, value}) => `${labels.actor} ${labels.type} ${value}`);
};

test('an event that comes for a task that has ended is refused and counted', async t => {
	const all = await world(t);
	const node = await all.server();
	await node.deploy('fib');
	await all.worker({act: run => run.succeed()});
	const {task} = await node.submit('fib');
	await all.quiet();
	const before = must(await node.api.inspect(task));
	t.is(before.state, 'succeeded');
	t.deepEqual(await refused(node.ambient), []);
	// Every letter of ours looks at the state first; the machine is asked all the same.
	const {promise, resolve} = Promise.withResolvers<Settled>();
	const read = () => [{type: 'expire', at: all.clock.now(), started: false}] as const;
	node.home.tell({kind: 'event', name: 'expire', task, read, settle: resolve});
	t.like(await promise, {how: 'passed', row: {state: 'succeeded', revision: 2}});
	t.deepEqual(await refused(node.ambient), ['task expire 1']);
	t.deepEqual(must(await node.api.inspect(task)), before);
});

test('a resume of a function that runs is refused and counted', async t => {
	const all = await world(t);
	const node = await all.server();
	await node.deploy('fib');
	const before = node.home.functions.get('fib')?.row;
	const answer = await node.home.functions.step('fib', {type: 'resume', at: all.clock.now()});
	t.like(answer, {code: 'CONFLICT', message: 'Function `fib` is active: it takes no `resume`'});
	t.deepEqual(await refused(node.ambient), ['function resume 1']);
	t.deepEqual(node.home.functions.get('fib')?.row, before);
});

test('a heartbeat after the last word is refused and counted, in the copy of a server', async t => {
	const ambient = testAmbient();
	const roster = createRoster(ambient, {watch: () => () => {}, ask: answered => answered()}, () => {});
	const beat = (state: 'idle' | 'stopped') =>
		roster.hear({
			...{worker: 'w1', pool: 'default', host: 'h', pid: 1, version: '0', state, slots: 4, held: []},
			...{warm: {}, rssBytes: 0, executors: 1, restarts: 0, startedAt: 0, at: 0},
		});
	beat('idle');
	beat('stopped');
	t.deepEqual(await refused(ambient), []);
	beat('idle');
	t.deepEqual(await refused(ambient), ['worker beat 1']);
	t.is(roster.workers()[0]?.state, 'stopped');
});

test('a life without mishaps refuses nothing: of a worker that starts, works, drains and is forgotten', async t => {
	const all = await world(t);
	const node = await all.server();
	await node.deploy('fib');
	const hand = await all.worker({act: run => run.succeed()});
	await node.submit('fib');
	await all.quiet();
	await all.until(hand.worker.drain());
	for (let second = 0; second < 70; second++) {
		all.clock.advance(1000);
		await all.quiet();
	}
	t.deepEqual([...(await refused(node.ambient)), ...(await refused(hand.ambient))], []);
});
