import test from 'ava';
import type {Build} from '#contract/build.ts';
import type {Sandbox} from '#engine/engine.ts';
import {createWarmSandboxes} from '#engine/executorWarm.ts';
import {buildOf} from './world.ts';

const megabyte = 1024 * 1024;

/** A sandbox of a size, and whether it was closed. */
function sandboxOf(heapMb: number): Sandbox & {closed: boolean; spent: boolean} {
	return {
		closed: false,
		spent: false,
		heapBytes: heapMb * megabyte,
		inside: -1,
		run: async () => {},
		runLines: async () => {},
		stop() {},
		close() {
			this.closed = true;
		},
	};
}

async function builds(): Promise<[Build, Build]> {
	return [
		await buildOf('export default 1;', {name: 'one'}),
		await buildOf('export default 2;', {name: 'two'}),
	];
}

test('a sandbox is taken for its own version only, the last used first', async t => {
	const [one, two] = await builds();
	const warm = createWarmSandboxes(100 * megabyte);
	const [a, b] = [sandboxOf(1), sandboxOf(1)];
	warm.give(one, a);
	warm.give(one, b);
	t.is(warm.take(two.digest), undefined);
	t.deepEqual(warm.count(), {one: 2});
	t.is(warm.take(one.digest), b);
	t.is(warm.take(one.digest), a);
	t.is(warm.take(one.digest), undefined);
	t.deepEqual(warm.count(), {});
});

test('over the budget the sandbox that was idle longest goes', async t => {
	const [one, two] = await builds();
	const warm = createWarmSandboxes(30 * megabyte);
	const sandboxes = [sandboxOf(10), sandboxOf(10), sandboxOf(10)] as const;
	warm.give(one, sandboxes[0]);
	warm.give(two, sandboxes[1]);
	warm.give(two, sandboxes[2]);
	t.deepEqual(
		sandboxes.map(({closed}) => closed),
		[true, false, false],
	);
	t.deepEqual(warm.count(), {two: 2});
});

test('one larger than the whole budget is not kept', async t => {
	const [one] = await builds();
	const large = sandboxOf(50);
	createWarmSandboxes(30 * megabyte).give(one, large);
	t.true(large.closed);
});

test('a spent sandbox is neither kept nor taken', async t => {
	const [one] = await builds();
	const warm = createWarmSandboxes(100 * megabyte);
	const [spent, later] = [sandboxOf(1), sandboxOf(1)];
	spent.spent = true;
	warm.give(one, spent);
	t.true(spent.closed);
	warm.give(one, later);
	later.spent = true;
	t.is(warm.take(one.digest), undefined);
	t.true(later.closed);
});

test('a forgotten version takes its sandboxes along', async t => {
	const [one, two] = await builds();
	const warm = createWarmSandboxes(100 * megabyte);
	const [a, b] = [sandboxOf(1), sandboxOf(1)];
	warm.give(one, a);
	warm.give(two, b);
	warm.drop(one.digest);
	t.deepEqual([a.closed, b.closed], [true, false]);
});
