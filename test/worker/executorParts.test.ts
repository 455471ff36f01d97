// The small parts of the supervisor, each by itself.
import test from 'ava';
import {createActor} from 'xstate';
import {checkExecutorNews, type ExecutorSettled} from '#contract/executor.ts';
import {createBuildShelf} from '#worker/executorBuilds.ts';
import {Job} from '#worker/executorJob.ts';
import {executorMachine} from '#worker/executorMachine.ts';
import {residentBytes} from '#worker/executorMemory.ts';
import {outcomeOf} from '#worker/executorNews.ts';
import {route} from '#worker/executorRoute.ts';
import {buildOf} from '../engine/world.ts';
import {itemOf} from './pool.ts';

const build = await buildOf('export default 1;');
const never = () => false;

test('code is sent once, and what was used longest ago is forgotten over the limit', async t => {
	const sent: string[] = [];
	const shelf = createBuildShelf(
		order => {
			if (order.type === 'build' || order.type === 'forget') sent.push(`${order.type} ${order.digest}`);
		},
		() => true,
	);
	const large = (name: string) => ({...build, digest: name, code: Buffer.alloc(50 * 1024 * 1024)});
	shelf.provide(large('a'), never);
	shelf.provide(large('a'), never);
	shelf.provide(large('b'), never);
	shelf.provide(large('a'), never);
	shelf.provide(large('c'), never);
	t.deepEqual(sent, ['build a', 'build b', 'forget b', 'build c']);
	t.false(shelf.has('b'));
	shelf.provide(large('d'), digest => digest === 'a');
	t.deepEqual(sent.slice(4), ['forget c', 'build d']);
});

test('a list goes where its version was, then to who has the least to do, and nowhere without room', async t => {
	const child = (state: 'ready' | 'starting', size: number, digests: readonly string[], check = false) => ({
		state,
		jobs: new Map(
			Array.from({length: size}, (_, at) => [at, new Job(build, [], {started() {}, settled() {}}, {check})]),
		),
		knows: (digest: string) => digests.includes(digest),
	});
	const [busy, idle, warm] = [child('ready', 1, []), child('ready', 0, []), child('ready', 1, ['a'])];
	const list = (digest: string) => ({build: {...build, digest}, check: false});
	t.is(route([busy, idle, warm], 2, list('a')), warm);
	t.is(route([busy, idle, warm], 2, list('b')), idle);
	t.is(route([busy, warm], 1, list('a')), undefined);
	t.is(route([child('starting', 0, ['a'])], 2, list('a')), undefined);
	const check = {...list('b'), check: true};
	t.is(route([busy], 1, check), busy, 'a check has a place of its own');
	const checking = child('ready', 1, [], true);
	t.is(route([checking], 2, check), undefined, 'one, however many slots there are');
	t.is(route([checking], 1, list('b')), checking, 'and takes none from tasks');
});

const settled: ExecutorSettled = {
	list: 0,
	index: 0,
	failure: null,
	cold: false,
	initMs: 0,
	runMs: 1,
	cpuMs: 1,
	heapBytes: 1,
	hostCalls: 0,
};

test('what an executor sends is looked at before it counts', t => {
	const item = itemOf(1);
	const job = new Job(build, [item], {started() {}, settled() {}});
	const result = Buffer.from('1');
	const judge = (more: Partial<ExecutorSettled>, bodies: {result?: Buffer; logs?: Buffer}) =>
		outcomeOf('e1', job, item, {...settled, ...more}, {result: undefined, logs: undefined, ...bodies});
	t.like(judge({}, {result}), {result, usage: {executor: 'e1'}});
	t.is(judge({}, {}), undefined, 'neither result nor failure');
	const threw = {code: 'FUNCTION_THREW', message: 'no', retryable: true} as const;
	t.is(judge({failure: threw}, {result}), undefined, 'both');
	t.is(judge({}, {result: Buffer.alloc(9 * 1024 * 1024)}), undefined, 'too large');
	t.is(judge({}, {result, logs: Buffer.alloc(2 * 1024 * 1024)}), undefined, 'too many lines');
	t.false(judge({failure: threw}, {})?.failure?.retryable, 'the table says, not the executor');
});

test('who passes the limit that his deadline set is told so, whatever the clock says at his end', t => {
	const item = itemOf(1, {deadline: 5050});
	const job = new Job(build, [item], {started() {}, settled() {}});
	const timeout = {code: 'TIMEOUT', message: 'It ran for 50 ms', retryable: false} as const;
	const codeAt = (sentAt: number) => {
		job.send(sentAt);
		const none = {result: undefined, logs: undefined};
		return outcomeOf('e1', job, item, {...settled, failure: timeout}, none)?.failure?.code;
	};
	t.is(codeAt(5000), 'DEADLINE_EXCEEDED');
	t.is(codeAt(5050 - build.policy.wallMs - 1), 'TIMEOUT');
});

test('news that no executor sends is refused, and said why', t => {
	const refused = (news: unknown) => !checkExecutorNews(news).ok;
	t.false(refused({type: 'ready'}));
	t.true(refused({type: 'settled', items: []}));
	t.true(refused({type: 'settled', items: [{...settled, index: -1}]}));
	t.true(
		refused({
			type: 'settled',
			items: [{...settled, failure: {code: 'MADE_UP', message: '', retryable: true}}],
		}),
	);
	t.true(refused({type: 'heartbeat', busy: 1, warm: {}, blank: 0, heapBytes: 0}));
	t.true(refused({type: 'stuck', list: 0, index: 0}));
	t.true(refused({type: 'shutdown'}));
	t.true(refused(null));
});

test('an executor’s life goes one way', t => {
	const life = (...events: readonly ('ready' | 'retire' | 'exit' | 'kill')[]) => {
		const actor = createActor(executorMachine).start();
		for (const type of events) {
			actor.send(type === 'kill' ? {type, reason: 'memory', culprit: null} : {type});
		}
		return actor.getSnapshot();
	};
	t.is(life('ready', 'retire', 'exit').value, 'dead');
	t.is(life('retire').value, 'dying');
	t.is(life('ready', 'kill').value, 'dying');
	t.is(life('ready', 'kill', 'ready').value, 'dying');
	t.is(life('ready', 'kill', 'exit').context.reason, 'memory');
	t.is(life('exit', 'ready').value, 'dead');
});

test('a job settles each item once, and starts the next', t => {
	const told: string[] = [];
	const items = [itemOf(0), itemOf(1), itemOf(2)];
	const job = new Job(build, items, {
		started: item => told.push(`start ${items.indexOf(item)}`),
		settled: item => told.push(`end ${items.indexOf(item)}`),
	});
	const done = {result: Buffer.from('1'), usage: null};
	job.take(10);
	job.take(15);
	job.advance(0, done, 20);
	job.settle(0, done);
	t.deepEqual(job.open, [1, 2]);
	job.settle(2, done);
	t.deepEqual([job.runMs(0, 25), job.runMs(1, 25), job.runMs(2, 25)], [0, 5, 0]);
	job.advance(1, done, 30);
	job.advance(9, done, 30);
	t.true(job.over);
	t.deepEqual(told, ['start 0', 'end 0', 'start 1', 'end 2', 'end 1']);
});

test('the memory of a process is known where the system says it', t => {
	const bytes = residentBytes(process.pid);
	if (process.platform === 'linux') t.true((bytes ?? 0) > 10_000_000);
	else t.is(bytes, undefined);
	t.is(residentBytes(2 ** 30), undefined);
});
