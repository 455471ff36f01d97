import test from 'ava';
import * as fc from 'fast-check';
import {allot, type Keeper} from '#scale/allot.ts';

const sum = (numbers: Iterable<number>) => [...numbers].reduce((a, b) => a + b, 0);
const told = (keepers: readonly Keeper[], shares: ReadonlyMap<string, number>): Keeper[] =>
	keepers.map(({id}) => ({id, wanted: shares.get(id) ?? null}));

const someKeepers = fc
	.uniqueArray(fc.string({minLength: 1, maxLength: 4}), {minLength: 1, maxLength: 8})
	.chain(ids => fc.tuple(...ids.map(id => fc.record({id: fc.constant(id), wanted: fc.option(fc.nat(20))}))));

/** How many workers are started or drained on the way from one split to another. */
const moves = (keepers: readonly Keeper[], shares: ReadonlyMap<string, number>) =>
	sum(keepers.map(({id, wanted}) => Math.abs((shares.get(id) ?? 0) - (wanted ?? 0))));

test('workers are split as evenly as it goes, all of them and no more', t => {
	fc.assert(
		fc.property(fc.nat(200), someKeepers, (workers, keepers) => {
			const shares = [...allot(workers, keepers).values()];
			t.is(shares.length, keepers.length);
			t.is(sum(shares), workers);
			t.true(Math.max(...shares) - Math.min(...shares) <= 1);
		}),
	);
});

test('asking again with what came out changes nothing, in whichever order the supervisors are heard', t => {
	fc.assert(
		fc.property(fc.nat(200), someKeepers, (workers, keepers) => {
			const first = allot(workers, keepers);
			const again = allot(workers, told(keepers, first).toReversed());
			t.is(again.size, first.size);
			for (const [id, share] of first) t.is(again.get(id), share);
		}),
	);
});

test('no even split moves fewer workers', t => {
	fc.assert(
		fc.property(fc.nat(40), someKeepers, (workers, keepers) => {
			const least = Math.min(...evenSplits(workers, keepers).map(shares => moves(keepers, shares)));
			t.is(moves(keepers, allot(workers, keepers)), least);
		}),
	);
});

test('one worker more starts one and drains none; one supervisor less moves only what it kept', t => {
	const three = ['a', 'b', 'c'].map(id => ({id, wanted: null}));
	const seven = told(three, allot(7, three));
	t.deepEqual(
		seven.map(one => one.wanted),
		[3, 2, 2],
	);
	t.deepEqual([...allot(8, seven).values()], [3, 3, 2]);
	t.is(moves(seven, allot(8, seven)), 1);
	const left = seven.slice(0, 2);
	t.deepEqual(
		allot(7, left),
		new Map([
			['a', 4],
			['b', 3],
		]),
	);
});

test('where nobody keeps workers nobody is told', t => {
	t.is(allot(5, []).size, 0);
});

function evenSplits(workers: number, keepers: readonly Keeper[]): Map<string, number>[] {
	const each = Math.floor(workers / keepers.length);
	const over = workers % keepers.length;
	const choose = (from: readonly Keeper[], count: number): Keeper[][] => {
		if (count === 0) return [[]];
		const [first, ...rest] = from;
		if (!first) return [];
		return [...choose(rest, count - 1).map(some => [first, ...some]), ...choose(rest, count)];
	};
	return choose(keepers, over).map(
		more => new Map(keepers.map(one => [one.id, each + (more.includes(one) ? 1 : 0)])),
	);
}

test('one worker is kept by the supervisor whose workers have most tags, wherever it was before', t => {
	const plain = {id: 'a', wanted: 1};
	const tagged = {id: 'b', wanted: 0, tags: ['gpu']};
	t.deepEqual(
		allot(1, [plain, tagged]),
		new Map([
			['b', 1],
			['a', 0],
		]),
	);
	t.is(allot(3, [plain, tagged]).get('b'), 2);
});
