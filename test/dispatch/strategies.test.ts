import test from 'ava';
import * as fc from 'fast-check';
import {type StrategyName, strategies} from '#dispatch/strategies.ts';
import type {Candidate} from '#dispatch/strategy.ts';

const candidate = (worker: string, more: Partial<Candidate> = {}): Candidate => ({
	...{worker, slots: 4, load: 0, unheard: 0, warm: 0, freeBytes: 2 ** 30},
	...more,
});
const names = Object.keys(strategies) as StrategyName[];
const anyone: fc.Arbitrary<Candidate> = fc.record({
	worker: fc.string({minLength: 1, maxLength: 8}),
	slots: fc.integer({min: 1, max: 8}),
	load: fc.nat({max: 16}),
	unheard: fc.nat({max: 4}),
	warm: fc.nat({max: 2}),
	freeBytes: fc.option(fc.nat({max: 2 ** 33}), {nil: undefined}),
});
const some = fc.uniqueArray(anyone, {minLength: 1, maxLength: 8, selector: ({worker}) => worker});
const fns = fc.string({minLength: 1, maxLength: 12});
const choose = (name: StrategyName, fn: string, list: readonly Candidate[]): Candidate =>
	strategies[name](fn, list as [Candidate, ...Candidate[]]);

for (const name of names) {
	test(`${name}: it is one of those that there are, whatever their order, and the same every time`, t => {
		const law = fc.property(fns, some, fc.nat(), (fn, list, turn) => {
			const found = choose(name, fn, list);
			const at = turn % list.length;
			const turned = [...list.slice(at), ...list.slice(0, at)];
			return list.includes(found) && choose(name, fn, turned) === found;
		});
		t.notThrows(() => fc.assert(law));
	});

	test(`${name}: who is not chosen may go without a change`, t => {
		const law = fc.property(fns, some, (fn, list) => {
			const found = choose(name, fn, list);
			return list.every(gone => gone === found || choose(name, fn, without(list, gone)) === found);
		});
		t.notThrows(() => fc.assert(law));
	});
}

const without = (list: readonly Candidate[], gone: Candidate) => list.filter(one => one !== gone);

test('least-loaded: nobody has a smaller share of its slots in use', t => {
	const law = fc.property(fns, some, (fn, list) => {
		const {load, slots} = choose('least-loaded', fn, list);
		return list.every(one => one.load / one.slots >= load / slots);
	});
	t.notThrows(() => fc.assert(law));
});

test('warm-first: a cold one is chosen only where no warm one has a slot free', t => {
	const law = fc.property(fns, some, (fn, list) => {
		const {warm, load, slots} = choose('warm-first', fn, list);
		const open = list.filter(one => one.warm > 0 && one.load < one.slots);
		return open.length === 0 || (warm > 0 && load < slots);
	});
	t.notThrows(() => fc.assert(law));
});

test('most-free-memory: what was sent and is not heard of counts as taken', t => {
	const first = candidate('a', {freeBytes: 900 * 2 ** 20});
	const second = candidate('b', {freeBytes: 850 * 2 ** 20});
	t.is(choose('most-free-memory', 'f', [first, second]), first);
	t.is(choose('most-free-memory', 'f', [{...first, unheard: 1}, second]), second);
	t.is(choose('most-free-memory', 'f', [candidate('c', {freeBytes: undefined}), second]), second);
});

test('consistent-hash: load changes nothing, and functions spread evenly over workers', t => {
	const workers = ['a', 'b', 'c', 'd'].map(name => candidate(name));
	const counts = new Map<string, number>();
	for (let n = 0; n < 1000; n++) {
		const fn = `function-${n}`;
		const {worker} = choose('consistent-hash', fn, workers);
		const busy = workers.map((one, at) => ({...one, load: at, warm: at}));
		t.is(choose('consistent-hash', fn, busy).worker, worker);
		counts.set(worker, (counts.get(worker) ?? 0) + 1);
	}
	t.true(
		[...counts.values()].every(count => count > 150 && count < 350),
		[...counts].join(' '),
	);
});
