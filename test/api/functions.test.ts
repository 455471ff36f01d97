import test from 'ava';
import type {Delivery} from '#transport/transport.ts';
import {arrivals} from '../harness/arrivals.ts';
import {must, world} from '../runtime/world.ts';

const code = (n: number) => `export default () => ${n};`;

test('the same deployed again is the version that is there', async t => {
	const {server} = await world(t);
	const {api, deploy} = await server();
	const first = await deploy('fib', {}, code(1));
	t.is(await deploy('fib', {}, code(1)), first);
	const second = await deploy('fib', {}, code(2));
	t.not(second, first);
	t.is(await deploy('fib', {}, code(1)), first, 'an old version is live again');
	t.like(must(await api.function('fib')), {state: 'active', version: first, number: 1});
	t.deepEqual(
		must(await api.versions('fib')).map(({number}) => number),
		[1, 2],
	);
	t.not(await deploy('fib', {wallMs: 5}, code(1)), first, 'another policy is another version');
});

test('the same code with other needs is another version, and its tasks go where those are', async t => {
	const {server} = await world(t);
	const node = await server();
	const plain = await node.deploy('train', {}, code(1));
	const gpu = await node.deploy('train', {needs: ['gpu']}, code(1));
	t.not(gpu, plain);
	t.like(must(await node.api.function('train')), {version: gpu, policy: {needs: ['gpu']}});
	t.is(must(await node.api.inspect((await node.submit('train')).task)).pool, 'default+gpu');
	const both = await node.deploy('train', {needs: ['gpu', 'eu']}, code(1));
	t.not(both, gpu);
	t.is(await node.deploy('train', {needs: ['eu', 'gpu']}, code(1)), both, 'in whatever order');
	t.is(await node.deploy('train', {needs: []}, code(1)), plain, 'no needs are none');
});

test('a build that is no good leaves the live version as it is', async t => {
	const {server} = await world(t);
	const node = await server();
	const version = await node.deploy('fib', {}, code(1));
	const broken = {name: 'fib', language: 'javascript', code: 'BROKEN'} as const;
	t.like(await node.api.deploy(broken), {ok: false, failure: {code: 'BUILD_FAILED'}});
	t.like(must(await node.api.function('fib')), {state: 'active', version, failure: {code: 'BUILD_FAILED'}});
	t.is((await node.submit('fib')).state, 'queued');
	t.like(await node.api.deploy({...broken, name: 'new'}), {ok: false});
	t.like(must(await node.api.function('new')), {state: 'rejected', version: null});
	t.like(
		await node.api.submit([{function: 'new', input: Buffer.from('1'), door: 'api', asynchronous: true}]),
		[{ok: false, failure: {code: 'FUNCTION_NOT_FOUND'}}],
	);
	await node.deploy('new', {}, code(3));
	t.like(must(await node.api.function('new')), {state: 'active', failure: null});
});

test('of two that deploy different code at once one is told to look again', async t => {
	const {server} = await world(t);
	const {api, deploy} = await server();
	await deploy('fib', {}, code(0));
	const request = {name: 'fib', language: 'javascript'} as const;
	const answers = await Promise.all([1, 2].map(n => api.deploy({...request, code: code(n)})));
	t.is(answers.filter(({ok}) => ok).length, 1);
	t.like(
		answers.find(({ok}) => !ok),
		{failure: {code: 'CONFLICT'}},
	);
});

test('a deployment and a removal whose commit was made, but not answered, are done', async t => {
	const {server, until} = await world(t);
	const node = await server();
	const loseOne = () => {
		node.mishaps.store = verb => {
			if (verb !== 'commit') return undefined;
			node.mishaps.store = () => undefined;
			return 'answer lost';
		};
	};
	loseOne();
	const version = await until(node.deploy('fib', {}, code(1)));
	t.like(must(await node.api.function('fib')), {version, state: 'active'});
	loseOne();
	t.like(await until(node.api.remove('fib')), {ok: true});
	t.deepEqual(await node.api.functions(), []);
});

test('a removal that the store refuses says so', async t => {
	const {server, until} = await world(t);
	const node = await server();
	await node.deploy('fib');
	await node.submit('fib');
	const stopped = node.home.stop();
	t.like(await until(node.api.remove('fib', {cancel: true})), {ok: false, failure: {code: 'UNAVAILABLE'}});
	await stopped;
});

test('who is bound to the events hears of functions, workers and tasks', async t => {
	const {server, worker, line, names, quiet} = await world(t);
	const node = await server({events: true});
	const keys = arrivals<string>('the events');
	await line.declare({
		exchanges: [],
		queues: [{name: 'eye', type: 'classic', exclusive: true, bindings: [{exchange: names.events, key: '#'}]}],
	});
	await line.consume('eye', {prefetch: 100}, ({key}: Delivery) => {
		keys.push(key);
		return 'ack';
	});
	await node.deploy('fib');
	await worker({act: run => run.succeed()});
	await node.submit('fib');
	await quiet();
	must(await node.api.remove('fib'));
	await quiet();
	t.deepEqual([...keys.all].sort(), [
		'function.fib.active',
		'function.fib.retired',
		'task.fib.accepted',
		'task.fib.queued',
		'task.fib.running',
		'task.fib.succeeded',
		'worker.default.idle',
	]);
});

test('an event that nobody is bound for is tried once a second', async t => {
	const {server, worker, quiet, clock} = await world(t);
	const node = await server({events: true});
	await node.deploy('fib');
	await worker({act: run => run.succeed()});
	const tried = () => node.life.steps.filter(step => step.startsWith('before publish task.fib')).length;
	for (let n = 0; n < 5; n++) {
		await node.submit('fib');
		await quiet();
	}
	t.is(tried(), 4, 'accepted, queued, running, succeeded');
	clock.advance(1000);
	await node.submit('fib');
	await quiet();
	t.is(tried(), 8);
});
