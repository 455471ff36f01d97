// Inputs are held and read by their bytes, however many attempts want theirs at once.
import {setImmediate as turn} from 'node:timers/promises';
import test from 'ava';
import {fail} from '#actors/failure.ts';
import type {Placed, Placement} from '#runtime/runtime.ts';
import {createSupply, type Order} from '#runtime/supply.ts';
import {StoreTrouble} from '#store/store.ts';
import {placement} from '../dispatch/placements.ts';
import {testAmbient} from '../harness/ambient.ts';
import {createFakeClock} from '../harness/clock.ts';

const mib = 2 ** 20;

/** A store of inputs of one size, and a way of dispatch that says `placed` when the test does. */
function supplying(sizeMiB: number, known: (id: string) => boolean = () => true) {
	const clock = createFakeClock();
	const ambient = testAmbient(clock);
	const over = new AbortController();
	const body = Buffer.alloc(sizeMiB * mib);
	const asked: {readonly ids: readonly string[]; readonly mostBytes: number}[] = [];
	const open: {readonly placement: Placement; readonly placed: Placed}[] = [];
	const world = {isAway: false, missing: [] as string[], placed: [] as string[]};
	const supply = createSupply<Order>(ambient, {
		store: {
			async inputs(ids, mostBytes = 0) {
				asked.push({ids, mostBytes});
				if (world.isAway) throw new StoreTrouble(fail('UNAVAILABLE'));
				const there = ids.filter(known).slice(0, Math.max(1, Math.floor(mostBytes / body.length)));
				return new Map(there.map(id => [id, body]));
			},
		},
		dispatch: {
			place(placements, placed) {
				for (const one of placements) open.push({placement: one, placed});
			},
		},
		placed: ({row}) => world.placed.push(row.id),
		missing: ({row}) => world.missing.push(row.id),
		over: over.signal,
	});
	const settle = async () => {
		for (let n = 0; n < 10; n++) await turn();
	};
	return {
		...{supply, clock, ambient, asked, open, over, world, body, settle},
		finish: async (count: number) => {
			for (const one of open.splice(0, count)) one.placed({...one.placement}, null);
			await settle();
		},
	};
}

const bare = (count: number, more: Parameters<typeof placement>[1] = {}, from = 0): Order[] =>
	Array.from({length: count}, (_, n) => ({...placement(`t${from + n}`, more), input: undefined}));
const ids = (open: readonly {readonly placement: Placement}[]) => open.map(({placement: {row}}) => row.id);

test('what has to be read is held to 32 MiB until it is placed, and goes in its order', async t => {
	const {supply, open, asked, finish, settle, world} = supplying(1);
	supply.place(bare(200));
	await settle();
	t.is(open.length, 32);
	t.true(asked.every(({mostBytes}) => mostBytes <= 16 * mib));
	t.true(supply.holds('t32', 1));
	t.false(supply.holds('t31', 1));
	await finish(15);
	t.is(open.length, 17, 'less room than for a slice is not worth a look');
	await finish(1);
	t.is(open.length, 32);
	while (open.length > 0) await finish(5);
	t.deepEqual(
		world.placed,
		bare(200).map(({row}) => row.id),
	);
	t.false(supply.holds('t199', 1));
});

test('a lane in which nothing moves keeps none of another waiting', async t => {
	const {supply, open, settle} = supplying(8);
	supply.place([...bare(10), ...bare(10, {class: 'low'}, 10)]);
	await settle();
	t.is(open.length, 8);
	t.deepEqual(ids(open).filter(id => Number(id.slice(1)) >= 10).length, 4);
});

test('what brings its input along is placed at once while there is room, and read again where there is none', async t => {
	const {supply, open, asked, finish, settle, body} = supplying(1);
	const born = (from: number, count: number) => bare(count, {}, from).map(one => ({...one, input: body}));
	supply.place(born(0, 40));
	t.is(open.length, 32);
	t.is(asked.length, 0);
	t.true(supply.holds('t32', 1));
	await settle();
	await finish(20);
	t.deepEqual(asked[0]?.ids, ['t32', 't33', 't34', 't35', 't36', 't37', 't38', 't39']);
	t.deepEqual(ids(open).at(-1), 't39');
	supply.place(born(40, 1));
	t.deepEqual(ids(open).at(-1), 't40');
});

test('those that have to be read do not wait for ever behind those that bring theirs along', async t => {
	const {supply, open, finish, settle, world, body} = supplying(1);
	supply.place(bare(40));
	await settle();
	for (let n = 100; !world.placed.includes('t39') && n < 500; n++) {
		supply.place(bare(1, {}, n).map(one => ({...one, input: body})));
		await finish(1);
	}
	t.true(world.placed.includes('t39'));
	while (open.length > 0) await finish(open.length);
});

test('an input that is larger than all that is read at once is read alone', async t => {
	const {supply, open, finish, settle} = supplying(40);
	supply.place(bare(2));
	await settle();
	t.deepEqual(ids(open), ['t0']);
	await finish(1);
	t.deepEqual(ids(open), ['t1']);
});

test('a store that can not give so much is asked for half, and for more once it could', async t => {
	const {supply, open, asked, finish, settle, world, clock, ambient} = supplying(1);
	world.isAway = true;
	supply.place(bare(60));
	for (let n = 0; n < 3; n++) {
		await settle();
		clock.advance(250);
	}
	world.isAway = false;
	while (open.length > 0 || asked.length < 5) {
		await settle();
		clock.advance(250);
		await finish(open.length);
	}
	t.deepEqual(
		asked.slice(0, 6).map(({mostBytes}) => mostBytes / mib),
		[16, 8, 4, 2, 1, 2],
	);
	t.is(world.placed.length, 60);
	t.is(ambient.lines.filter(({msg}) => msg === 'inputs could not be read; trying again').length, 4);
});

test('what can not be read is left alone once the home decides nothing any more', async t => {
	const {supply, asked, settle, world, clock, over} = supplying(1);
	world.isAway = true;
	supply.place(bare(1));
	over.abort();
	await settle();
	t.is(clock.pending(), 0);
	t.is(asked.length, 1);
});

test('an input that is not there is told, wherever it stands, and keeps nobody waiting', async t => {
	const {supply, open, settle, finish, world} = supplying(8, id => !['t0', 't3', 't5'].includes(id));
	supply.place(bare(6));
	await settle();
	t.deepEqual(ids(open), ['t1', 't2', 't4']);
	await finish(3);
	t.deepEqual(world.missing, ['t0', 't3', 't5']);
	t.false(supply.holds('t5', 1));
});

test('of two attempts of a task both are placed, and no neighbour is taken for one without an input', async t => {
	const {supply, open, settle, finish, world} = supplying(8);
	supply.place([...bare(1), ...bare(1, {}, 1), ...bare(1, {attempt: 2}), ...bare(1, {}, 2)]);
	await settle();
	while (open.length > 0) await finish(1);
	t.deepEqual(world.placed, ['t0', 't1', 't0', 't2']);
	t.deepEqual(world.missing, []);
});
