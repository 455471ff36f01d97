// A server with the worker in its own process keeps few of the inputs that wait there.
import test from 'ava';
import {fail} from '#actors/failure.ts';
import {StoreTrouble} from '#store/store.ts';
import {must, type Server, submission, type World, world} from './world.ts';

const mib = 2 ** 20;
/** Of 1 MiB each. */
const count = 80;
const inputs = Array.from({length: count}, (_, n) => `${n} `.padEnd(mib - 2, 'x'));
/** One runs, and 64 MiB wait. */
const kept = 65;
const numbers = (given: readonly unknown[]) => given.map(input => Number.parseInt(String(input), 10));
const all = inputs.map((_, n) => n);

/** One runs, the others wait; `read` has the tasks whose input was asked for. */
async function waiting({server, quiet}: World): Promise<Server & {readonly read: string[]}> {
	const node = await server({payloadBytes: mib, hands: {slots: 1}});
	await node.deploy('fib');
	const read: string[] = [];
	node.mishaps.store = (verb, [ids]) => {
		if (verb === 'inputs') read.push(...(ids as string[]));
		return undefined;
	};
	for (const answer of await node.api.submit(inputs.map(input => submission('fib', input)))) must(answer);
	await quiet();
	return {...node, read};
}
const runsOf = ({hands}: Server) => {
	if (!hands) throw new Error('Expected a server with hands');
	return hands.runs;
};

test('of what waits only some inputs are kept, the others are read when their turn comes', async t => {
	const {until, quiet, ...every} = await world(t);
	const node = await waiting({until, quiet, ...every});
	t.deepEqual(node.read, []);
	const runs = runsOf(node);
	for (let at = 0; at < count; at++) (await until(runs.reach(at + 1)))[at]?.succeed();
	await quiet();
	t.deepEqual(numbers(runs.all.map(({input}) => input)), all);
	t.is(node.read.length, count - kept);
	t.deepEqual(
		node.read,
		runs.all.map(({task}) => task).filter(task => node.read.includes(task)),
	);
	t.like(await node.api.status(), {inFlight: 0, ledger: {succeeded: count}});
});

test('an input that can not be read now is read later', async t => {
	const every = await world(t);
	const node = await waiting(every);
	const runs = runsOf(node);
	let refused = 0;
	node.mishaps.store = verb => {
		if (verb !== 'inputs' || refused === 3) return undefined;
		refused++;
		return new StoreTrouble(fail('UNAVAILABLE'));
	};
	for (let at = 0; at < count; at++) (await every.until(runs.reach(at + 1)))[at]?.succeed();
	await every.quiet();
	t.is(refused, 3);
	t.like(await node.api.status(), {inFlight: 0, ledger: {succeeded: count}});
});

test('what is given back by a worker that drains goes to the pool with its input, kept or not', async t => {
	const every = await world(t);
	const node = await waiting(every);
	const drained = node.hands?.worker.drain();
	await every.quiet();
	const other = await every.worker({act: run => run.succeed()});
	await every.until(other.runs.reach(count - 1));
	runsOf(node).all[0]?.succeed();
	await every.until(Promise.resolve(drained));
	await every.quiet();
	t.deepEqual(
		numbers(other.runs.all.map(({input}) => input)).sort((a, b) => a - b),
		all.slice(1),
	);
	t.like(await node.api.status(), {inFlight: 0, ledger: {succeeded: count}});
});

test('whose input is gone when its turn comes fails, and the others run', async t => {
	const every = await world(t);
	const node = await waiting(every);
	await every.tamper('delete from inputs');
	const runs = runsOf(node);
	for (let at = 0; at < kept; at++) (await every.until(runs.reach(at + 1)))[at]?.succeed();
	await every.quiet();
	t.like(await node.api.status(), {inFlight: 0, ledger: {succeeded: kept, dead: count - kept}});
	t.is(runs.all.length, kept);
	t.true(
		(await every.rows()).filter(({state}) => state === 'dead').every(one => one.failure?.code === 'INTERNAL'),
	);
});
