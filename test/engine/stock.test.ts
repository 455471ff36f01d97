// Sandboxes that are made before they are asked for.
import {setImmediate as turn} from 'node:timers/promises';
import test from 'ava';
import {fail} from '#actors/failure.ts';
import type {Engine, Sandbox} from '#engine/engine.ts';
import {createStock} from '#engine/executorStock.ts';
import {createWarmSandboxes} from '#engine/executorWarm.ts';
import {buildOf} from './world.ts';

const megabyte = 1024 * 1024;
const build = await buildOf('export default 1;', {name: 'one', policy: {isolation: 'fresh'}});
const other = await buildOf('export default 2;', {name: 'two', policy: {isolation: 'fresh'}});

const sandbox = (closed: () => void): Sandbox => ({
	...{spent: false, heapBytes: megabyte, inside: -1},
	run: async () => {},
	runLines: async () => {},
	stop() {},
	close: closed,
});

/** A stock whose sandboxes are made at once, unless `open` says otherwise. */
function world(open?: Engine['open'], budgetMb = 1024) {
	const warm = createWarmSandboxes(budgetMb * megabyte);
	const seen = {made: 0, closed: 0, told: [] as (string | null)[], stuck: 0};
	const make: Engine['open'] = async () => {
		seen.made++;
		return sandbox(() => seen.closed++);
	};
	const stock = createStock({
		engine: {open: open ?? make},
		warm,
		making: digest => seen.told.push(digest),
		stuck: () => seen.stuck++,
	});
	/** Until nothing is made any more. */
	const rest = async () => {
		stock.resume();
		for (let before = -1; before !== seen.made; ) {
			before = seen.made;
			for (let turns = 0; turns < 4; turns++) await turn();
		}
	};
	return {stock, warm, seen, rest};
}

test('what was asked for once has two ready, and twice as many whenever none was, up to 64', async t => {
	const {stock, warm, rest} = world();
	stock.asked(build, 3);
	t.is(warm.ready(build.digest), 0, 'none is made while a list may run');
	await rest();
	t.is(warm.ready(build.digest), 2);
	const ready: number[] = [];
	for (let misses = 0; misses < 7; misses++) {
		stock.asked(build, 3);
		await rest();
		ready.push(warm.ready(build.digest));
	}
	t.deepEqual(ready, [4, 8, 16, 32, 64, 64, 64]);
	warm.take(build.digest);
	stock.asked(build);
	await rest();
	t.is(warm.ready(build.digest), 64, 'one that was taken is made again');
	t.is(warm.ready(other.digest), 0);
});

test('what loads slowly is made for whoever asks, and so is what has no room beside the warm ones', async t => {
	const [slow, full] = [world(), world(undefined, 10)];
	slow.stock.asked(build, 3);
	slow.stock.asked(build, 21);
	await slow.rest();
	t.is(slow.seen.made, 0);
	for (let misses = 0; misses < 5; misses++) full.stock.asked(build, 3);
	await full.rest();
	t.is(full.seen.made, full.warm.ready(build.digest));
	t.true(full.seen.made > 1 && full.seen.made < 6);
	t.is(full.seen.closed, 0);
});

test('a version that can not be loaded while nobody waits for it is not tried again', async t => {
	let tries = 0;
	const {stock, seen, rest} = world(async () => {
		tries++;
		return fail('BUILD_FAILED');
	});
	for (let round = 0; round < 3; round++) {
		stock.asked(build, 3);
		await rest();
	}
	t.is(tries, 1);
	t.deepEqual(seen.told, [build.digest, null]);
});

test('a list waits for what is being made, and not for long', async t => {
	const signals: AbortSignal[] = [];
	const {stock, warm, seen, rest} = world(
		(_build, _watch, signal) =>
			new Promise(resolve => {
				if (!signal) return;
				signals.push(signal);
				signal.addEventListener('abort', () => resolve(fail('CANCELLED')), {once: true});
			}),
	);
	stock.asked(build, 3);
	await rest();
	t.deepEqual(seen.told, [build.digest]);
	await stock.pause();
	t.is(signals[0]?.aborted, true);
	t.deepEqual(seen.told, [build.digest, null], 'before the list begins nothing is made any more');
	t.is(stock.pause(), undefined);
	await rest();
	t.is(signals.length, 2, 'who was in the way is tried again');
	t.is(warm.ready(build.digest), 0);
	await stock.pause();
});

test('what is dropped while it is made is closed', async t => {
	const {promise, resolve} = Promise.withResolvers<Sandbox>();
	let closed = 0;
	const {stock, warm, rest} = world(() => promise);
	stock.asked(build, 3);
	await rest();
	stock.drop(build.digest);
	resolve(sandbox(() => closed++));
	await rest();
	t.is(closed, 1);
	t.is(warm.ready(build.digest), 0);
});
