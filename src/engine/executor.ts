// The main of an executor: a child process that runs user code and nothing else. It has one channel,
// file descriptor 3, to the worker that started it: orders come in, news goes out
// (contract/executor.ts). It has no environment, no credential and no other connection.
//
// It ends with its worker: when the channel closes it kills itself, for sandboxes may still spin on
// other threads. It never calls process.exit(): after large isolates that can crash
// (docs/decisions/0006-isolates.md).
import {Socket} from 'node:net';
import {type Failure, fail} from '#actors/failure.ts';
import {defaultPolicy} from '#actors/policy.ts';
import type {Build} from '#contract/build.ts';
import type {ExecutorOrder, ExecutorSettled, Who} from '#contract/executor.ts';
import {systemClock} from '#lib/clock.ts';
import type {Frame} from '#lib/frame.ts';
import {type Channel, openChannel} from './channel.ts';
import {callsOf} from './executorCalls.ts';
import {ExecutorChunk} from './executorChunk.ts';
import {ExecutorList, type ItemEnd} from './executorList.ts';
import {createOutbox} from './executorOutbox.ts';
import {createStock, type Stock} from './executorStock.ts';
import {createWarmSandboxes, type WarmSandboxes} from './executorWarm.ts';
import {createIsolateEngine} from './isolate.ts';

// A service manager may signal the whole group; when to end is for the worker to say, which drains first.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => {});

// Functions know one time zone, whichever this machine has and whether its files are seen.
process.env.TZ = 'UTC';

const channelFd = 3;
/** Orders are believed; this only catches a stream that lost its step. */
const mostOrderBytes = 2 ** 32 - 1;

type Order<T extends ExecutorOrder['type']> = Extract<ExecutorOrder, {type: T}>;

const socket = new Socket({fd: channelFd});
const channel = openChannel(socket, {mostBytes: mostOrderBytes, received, closed: die});
const outbox = createOutbox(channel);
const engine = createIsolateEngine({
	clock: systemClock,
	memoryMb: defaultPolicy.memoryMb,
	broken: failure => stuck(-1, 'nobody', failure),
});
const builds = new Map<string, Build>();
const lists = new Map<number, ExecutorList | ExecutorChunk>();
const unstocked = new Set<string>();
let warm: WarmSandboxes = createWarmSandboxes(0);
let stock: Stock = stockOf(warm);
let retiring = false;
/** Orders that wait until nothing is made ahead any more; undefined: none does. */
let waiting: Frame<unknown>[] | undefined;

function received(frame: Frame<unknown>): void {
	const pausing =
		!waiting && (frame.head as ExecutorOrder).type === 'run' ? stock.pause()?.then(goOn) : undefined;
	if (pausing) waiting = [frame];
	else if (waiting) waiting.push(frame);
	else obey(frame);
}

function goOn(): void {
	const all = waiting ?? [];
	waiting = undefined;
	for (const one of all) obey(one);
}

function obey({head, bodies}: Frame<unknown>): void {
	const order = head as ExecutorOrder;
	if (order.type === 'run') run(order, bodies);
	else if (order.type === 'stop') lists.get(order.list)?.stop(order.index);
	else if (order.type === 'build') keep(order, bodies);
	else if (order.type === 'forget') forget(order.digest);
	else if (order.type === 'hello') greet(order);
	else retire();
}

function greet({memoryBudgetBytes, heartbeatMs}: Order<'hello'>): void {
	warm = createWarmSandboxes(memoryBudgetBytes);
	stock = stockOf(warm);
	setInterval(() => beat(channel), heartbeatMs);
	channel.send({type: 'ready'});
}

function stockOf(of: WarmSandboxes): Stock {
	return createStock({
		...{engine, warm: of},
		making: digest => channel.send({type: 'stocking', digest}),
		stuck: failure => stuck(-1, 'nobody', failure),
	});
}

function retire(): void {
	retiring = true;
	void stock.pause();
	rest();
}

function keep({isStocked, ...order}: Order<'build'>, [code, map]: Frame<unknown>['bodies']): void {
	if (isStocked) unstocked.delete(order.digest);
	else unstocked.add(order.digest);
	builds.set(order.digest, {...order, code: code ?? Buffer.alloc(0), map: map ?? null});
}

function forget(digest: string): void {
	builds.delete(digest);
	stock.drop(digest);
	warm.drop(digest);
	unstocked.delete(digest);
}

function run({list, digest, check, items}: Order<'run'>, inputs: Frame<unknown>['bodies']): void {
	channel.send({type: 'taken', list});
	const build = builds.get(digest);
	if (!build) {
		stuck(list, 'version', fail('INTERNAL', 'The executor was not given the version'));
		return;
	}
	const asked: Stock['asked'] = (...one) => {
		if (!unstocked.has(digest)) stock.asked(...one);
	};
	const common = {
		engine,
		warm,
		stock: {asked},
		build,
		stuck: (who: Who, failure: Failure) => stuck(list, who, failure),
	};
	let open = items.length;
	const settled = (index: number, end: ItemEnd) => {
		outbox.add(newsOf(list, index, end), end.result, end.logs);
		if (--open === 0) outbox.flush();
	};
	const [first] = items;
	const running = first?.isChunk
		? new ExecutorChunk({
				...common,
				item: first,
				input: inputs[0] ?? Buffer.alloc(0),
				settled: end => settled(0, end),
			})
		: new ExecutorList({
				...{...common, check, settled},
				items: callsOf(items, inputs, build.policy.isolation === 'fresh'),
			});
	lists.set(list, running);
	void running.run().then(() => {
		lists.delete(list);
		rest();
	});
}

function newsOf(list: number, index: number, end: ItemEnd): ExecutorSettled {
	const {failure = null, cold, initMs, runMs, cpuMs, heapBytes, hostCalls} = end;
	const used = {initMs: round(initMs), runMs: round(runMs), cpuMs: round(cpuMs), heapBytes, hostCalls};
	return {list, index, failure, cold, ...used};
}

/** To microseconds: more digits are noise, and half of the frame. */
const round = (ms: number): number => Math.round(ms * 1000) / 1000;

function stuck(list: number, who: Who, failure: Failure): void {
	outbox.flush();
	channel.send({type: 'stuck', list, who, failure});
}

function beat(to: Channel): void {
	const busy = [...lists].map(([list, {inside, ageMs}]) => ({list, index: inside, ageMs}));
	to.send({type: 'heartbeat', busy, warm: warm.count(), ...engine.report()});
}

function rest(): void {
	if (lists.size > 0) return;
	if (retiring) {
		outbox.flush();
		socket.end(die);
	} else stock.resume();
}

function die(): void {
	process.kill(process.pid, 'SIGKILL');
}
